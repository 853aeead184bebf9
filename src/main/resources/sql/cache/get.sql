select content from cache_entries where name = :#name
