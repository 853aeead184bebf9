-- What was used, in groups. Days and hours that are summed up are read as sums; what is not (usage_due) and the parts of an hour
-- at both ends are read request by request, so that each request is counted once, whatever the upkeep has come to.
select
    case :#group when 'model' then model when 'provider' then provider when 'key' then client_key when 'ip' then address else '' end as name,
    case :#group when 'hour' then begins_at - begins_at % 3600000 when 'day' then begins_at - begins_at % 86400000 else 0 end as period,
    sum(requests) as requests, sum(errors) as errors, sum(cancelled) as cancelled, sum(cached) as cached,
    sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens, sum(cost) as cost, sum(unpriced) as unpriced,
    min(first_request) as first_request, max(last_request) as last_request,
    sum(saved_input) as saved_input_tokens, sum(saved_output) as saved_output_tokens, sum(saved_cost) as saved_cost
from (
    select
        begins_at, address, client_key, model, provider, served_model, requests, errors, cancelled, cached,
        in_fresh + in_cache_read + in_cache_write_5m + in_cache_write_1h + in_audio + in_image as input_tokens,
        out_text + out_reasoning + out_audio + out_image as output_tokens, cost, unpriced, first_request, last_request,
        saved_input_tokens as saved_input, saved_output_tokens as saved_output, saved_cost
    from usage_daily
    where begins_at >= :#dayFrom and begins_at < :#dayTo and not exists (
        select 1 from usage_due where usage_due.begins_at >= usage_daily.begins_at and usage_due.begins_at < usage_daily.begins_at + 86400000)
    union all
    select
        usage_hourly.begins_at, address, client_key, model, provider, served_model, requests, errors, cancelled, cached,
        in_fresh + in_cache_read + in_cache_write_5m + in_cache_write_1h + in_audio + in_image,
        out_text + out_reasoning + out_audio + out_image, cost, unpriced, first_request, last_request,
        saved_input_tokens, saved_output_tokens, saved_cost
    from (
        select :#hourFrom as since, :#dayFrom as till
        union all select :#dayTo, :#hourTo
        union all select distinct begins_at - begins_at % 86400000, begins_at - begins_at % 86400000 + 86400000
            from usage_due where begins_at >= :#dayFrom and begins_at < :#dayTo
    ) as spans
    cross join usage_hourly
    where usage_hourly.begins_at >= since and usage_hourly.begins_at < till
        and not exists (select 1 from usage_due where usage_due.begins_at = usage_hourly.begins_at)
    union all
    select
        started_at, address, client_key, model, provider, served_model, 1,
        case when outcome in ('ok', 'ok_estimated', 'cache_hit', 'client_cancelled') then 0 else 1 end,
        case when outcome = 'client_cancelled' then 1 else 0 end,
        case when outcome = 'cache_hit' then 1 else 0 end,
        in_fresh + in_cache_read + in_cache_write_5m + in_cache_write_1h + in_audio + in_image,
        out_text + out_reasoning + out_audio + out_image,
        coalesce(cost, 0), case when cost is null and cost_state = 'unpriced' then 1 else 0 end, started_at, started_at,
        saved_input_tokens, saved_output_tokens, coalesce(saved_cost, 0)
    from (
        select :#from as since, :#hourFrom as till
        union all select :#hourTo, :#to
        union all select begins_at, begins_at + 3600000 from usage_due where begins_at >= :#hourFrom and begins_at < :#hourTo
    ) as parts
    cross join requests
    where started_at >= since and started_at < till
) as counted
where model <> ''
    and (:#model = '' or model = :#model or served_model = :#model)
    and (:#provider = '' or provider = :#provider)
    and (:#key = '' or client_key = :#key)
    and (:#ip = '' or address = :#ip)
group by name, period
order by period, name
