-- One row for each request, whatever became of it. Times are milliseconds since 1970, money whole units of 10^-10 USD.
create table requests (
    id varchar(26) not null primary key,
    request_id varchar(128) not null,
    started_at bigint not null,
    finished_at bigint not null,
    address varchar(64) not null,
    client_key varchar(255) not null,
    user_name varchar(255),
    door varchar(255) not null,
    dialect varchar(32) not null,
    operation varchar(32) not null,
    model varchar(512) not null,
    provider varchar(128) not null,
    instance varchar(128) not null,
    served_model varchar(512) not null,
    rotation varchar(255) not null,
    streamed smallint not null,
    attempts mediumtext not null,
    status smallint not null,
    outcome varchar(40) not null,
    error varchar(255),
    in_fresh bigint not null,
    in_cache_read bigint not null,
    in_cache_write_5m bigint not null,
    in_cache_write_1h bigint not null,
    in_audio bigint not null,
    in_image bigint not null,
    out_text bigint not null,
    out_reasoning bigint not null,
    out_audio bigint not null,
    out_image bigint not null,
    web_searches bigint not null,
    audio_ms bigint not null,
    characters bigint not null,
    images bigint not null,
    estimated smallint not null,
    -- null: its price is not known, and cost_state says so
    cost bigint,
    cost_state varchar(16) not null default 'unpriced',
    catalogue varchar(64),
    cache_saved bigint,
    cache_result varchar(16),
    duration_ms bigint not null,
    first_token_ms bigint,
    overhead_us bigint not null,
    condensed_by varchar(64),
    condensed_from bigint,
    condensed_to bigint
) ${table};

create index requests_by_time on requests (started_at);
create index requests_by_address on requests (address, started_at);

-- Sums of the requests of an hour, kept when the requests themselves are gone.
create table usage_hourly (
    begins_at bigint not null,
    address varchar(64) not null,
    client_key varchar(255) not null,
    user_name varchar(255),
    model varchar(512) not null,
    provider varchar(128) not null,
    served_model varchar(512) not null,
    requests bigint not null,
    errors bigint not null,
    cancelled bigint not null,
    cached bigint not null,
    in_fresh bigint not null,
    in_cache_read bigint not null,
    in_cache_write_5m bigint not null,
    in_cache_write_1h bigint not null,
    in_audio bigint not null,
    in_image bigint not null,
    out_text bigint not null,
    out_reasoning bigint not null,
    out_audio bigint not null,
    out_image bigint not null,
    cost bigint not null,
    unpriced bigint not null,
    duration_ms bigint not null,
    first_request bigint not null,
    last_request bigint not null
) ${table};

create index usage_hourly_by_time on usage_hourly (begins_at);

-- The same for a day (UTC).
create table usage_daily (
    begins_at bigint not null,
    address varchar(64) not null,
    client_key varchar(255) not null,
    user_name varchar(255),
    model varchar(512) not null,
    provider varchar(128) not null,
    served_model varchar(512) not null,
    requests bigint not null,
    errors bigint not null,
    cancelled bigint not null,
    cached bigint not null,
    in_fresh bigint not null,
    in_cache_read bigint not null,
    in_cache_write_5m bigint not null,
    in_cache_write_1h bigint not null,
    in_audio bigint not null,
    in_image bigint not null,
    out_text bigint not null,
    out_reasoning bigint not null,
    out_audio bigint not null,
    out_image bigint not null,
    cost bigint not null,
    unpriced bigint not null,
    duration_ms bigint not null,
    first_request bigint not null,
    last_request bigint not null
) ${table};

create index usage_daily_by_time on usage_daily (begins_at);

-- Hours with requests that are not in the sums yet.
create table usage_due (
    begins_at bigint not null primary key
) ${table};
