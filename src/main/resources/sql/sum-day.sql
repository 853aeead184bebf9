-- A day is the sum of its hours.
insert into usage_daily (
    begins_at, address, client_key, user_name, model, provider, served_model, requests, errors, cancelled, cached,
    in_fresh, in_cache_read, in_cache_write_5m, in_cache_write_1h, in_audio, in_image, out_text, out_reasoning, out_audio, out_image,
    cost, unpriced, duration_ms, first_request, last_request, saved_input_tokens, saved_output_tokens, saved_cost
)
select
    :#day, address, client_key, user_name, model, provider, served_model, sum(requests), sum(errors), sum(cancelled), sum(cached),
    sum(in_fresh), sum(in_cache_read), sum(in_cache_write_5m), sum(in_cache_write_1h), sum(in_audio),
    sum(in_image), sum(out_text), sum(out_reasoning), sum(out_audio), sum(out_image),
    sum(cost), sum(unpriced), sum(duration_ms), min(first_request), max(last_request),
    sum(saved_input_tokens), sum(saved_output_tokens), sum(saved_cost)
from usage_hourly
where begins_at >= :#day and begins_at < :#dayEnd
group by address, client_key, user_name, model, provider, served_model
