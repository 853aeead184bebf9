delete from cache_entries where prefix = :#prefix and expires_at <= :#now
