-- The oldest above the bounds. The inner select is one of its own, for MariaDB deletes from no table that it reads.
delete from cache_entries where name in (
    select name from (
        select
            name,
            row_number() over (order by stored_at desc, name) as place,
            sum(size) over (order by stored_at desc, name) as bytes
        from cache_entries
        where prefix = :#prefix
    ) as ranked
    where place > :#maxEntries or bytes > :#maxBytes
)
