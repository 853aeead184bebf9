select count(*) as entries, coalesce(sum(size), 0) as bytes from cache_entries where prefix = :#prefix
