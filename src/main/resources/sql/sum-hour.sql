-- The requests of an hour, by all that a bill may ask for; nothing where its former sums have stayed.
insert into usage_hourly (
    begins_at, address, client_key, user_name, model, provider, served_model, requests, errors, cancelled, cached,
    in_fresh, in_cache_read, in_cache_write_5m, in_cache_write_1h, in_audio, in_image, out_text, out_reasoning, out_audio, out_image,
    cost, unpriced, duration_ms, first_request, last_request, saved_input_tokens, saved_output_tokens, saved_cost
)
select
    :#hour, address, client_key, user_name, model, provider, served_model, count(*),
    sum(case when outcome in ('ok', 'ok_estimated', 'cache_hit', 'client_cancelled') then 0 else 1 end),
    sum(case when outcome = 'client_cancelled' then 1 else 0 end),
    sum(case when outcome = 'cache_hit' then 1 else 0 end),
    sum(in_fresh), sum(in_cache_read), sum(in_cache_write_5m), sum(in_cache_write_1h), sum(in_audio),
    sum(in_image), sum(out_text), sum(out_reasoning), sum(out_audio), sum(out_image),
    coalesce(sum(cost), 0), sum(case when cost is null and cost_state = 'unpriced' then 1 else 0 end),
    sum(duration_ms), min(started_at), max(started_at), sum(saved_input_tokens), sum(saved_output_tokens), coalesce(sum(saved_cost), 0)
from requests
where started_at >= :#hour and started_at < :#hourEnd
    and not exists (select 1 from usage_hourly where begins_at = :#hour)
group by address, client_key, user_name, model, provider, served_model
