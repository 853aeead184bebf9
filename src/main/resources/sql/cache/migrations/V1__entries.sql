-- What the cache keeps. Times are milliseconds since 1970; the content says itself when it expires, for whoever reads it.
create table if not exists cache_entries (
    name varchar(255) not null primary key,
    prefix varchar(64) not null,
    kind varchar(32) not null,
    path varchar(512) not null,
    provider varchar(128) not null,
    model varchar(512) not null,
    stored_at bigint not null,
    expires_at bigint not null,
    size bigint not null,
    content ${bytes} not null
) ${table};

create index cache_entries_by_age on cache_entries (prefix, stored_at);
