-- What was asked and answered, where the operator has switched that on; kept for a time of its own.
create table request_texts (
    id varchar(26) not null primary key,
    started_at bigint not null,
    prompt mediumtext,
    answer mediumtext,
    -- 1: one of the two was longer, and its rest is missing
    cut smallint not null
) ${table};

create index request_texts_by_time on request_texts (started_at);
