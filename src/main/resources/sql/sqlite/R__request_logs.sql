-- AI Broker's table, as its users' queries name it: times as ISO 8601 in UTC, money in US dollars.
drop view if exists request_logs;
create view request_logs as
select
    id,
    address as ip,
    model,
    in_fresh + in_cache_read + in_cache_write_5m + in_cache_write_1h + in_audio + in_image as input_tokens,
    out_text + out_reasoning + out_audio + out_image as output_tokens,
    cost / 10000000000.0 as cost_usd,
    strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') as started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', finished_at / 1000.0, 'unixepoch') as finished_at,
    duration_ms,
    case when outcome in ('ok', 'ok_estimated', 'cache_hit') then 1 else 0 end as success,
    error
from requests;
