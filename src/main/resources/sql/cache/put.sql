replace into cache_entries (name, prefix, kind, path, provider, model, stored_at, expires_at, size, content)
values (:#name, :#prefix, :#kind, :#path, :#provider, :#model, :#storedAt, :#expiresAt, :#size, :#content)
