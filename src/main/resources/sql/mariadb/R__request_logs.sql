-- AI Broker's table, as its users' queries name it: times as ISO 8601 in UTC, money in US dollars.
create or replace view request_logs as
select
    id,
    address as ip,
    model,
    in_fresh + in_cache_read + in_cache_write_5m + in_cache_write_1h + in_audio + in_image as input_tokens,
    out_text + out_reasoning + out_audio + out_image as output_tokens,
    cost * 0.0000000001 as cost_usd,
    concat(date_format(date_add('1970-01-01', interval floor(started_at / 1000) second), '%Y-%m-%dT%H:%i:%s.'),
        lpad(started_at % 1000, 3, '0'), 'Z') as started_at,
    concat(date_format(date_add('1970-01-01', interval floor(finished_at / 1000) second), '%Y-%m-%dT%H:%i:%s.'),
        lpad(finished_at % 1000, 3, '0'), 'Z') as finished_at,
    duration_ms,
    case when outcome in ('ok', 'ok_estimated', 'cache_hit') then 1 else 0 end as success,
    error
from requests;
