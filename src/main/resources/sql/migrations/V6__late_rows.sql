-- Hours whose rows have begun to be deleted: from then on their sums are added to, and not made anew.
create table usage_closed (
    begins_at bigint not null primary key
) ${table};

-- Rows that came for such an hour. They stay here when they are in the sums, so that one that comes once more is not in them twice.
create table usage_late (
    id varchar(26) not null primary key,
    begins_at bigint not null,
    -- 0: not in the sums yet; else the number of the transaction that took it there
    summed bigint not null
) ${table};

create index usage_late_by_state on usage_late (summed, begins_at);

-- An earlier version deleted the oldest rows and did not note whose. Hours of the last day are never among them.
insert into usage_closed (begins_at)
select distinct begins_at from usage_hourly
where begins_at <= coalesce((select min(started_at) from requests), 9223372036854775807)
    and begins_at < (select max(begins_at) from usage_hourly) - 86400000
    and begins_at not in (select begins_at from usage_due);
