-- An empty value stands for any.
delete from cache_entries
where prefix = :#prefix
    and (:#kind = '' or kind = :#kind)
    and (:#provider = '' or provider = :#provider)
    and (:#model = '' or path = :#model or model = :#model or concat(provider, '/', model) = :#model)
