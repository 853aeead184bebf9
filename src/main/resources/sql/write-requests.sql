-- Once more means the same row again: the id is the request's own.
replace into requests (
    id, request_id, started_at, finished_at, address, client_key, door, dialect, operation, model, provider, instance,
    served_model, rotation, streamed, attempts, status, outcome, error, in_fresh, in_cache_read, in_cache_write_5m,
    in_cache_write_1h, in_audio, in_image, out_text, out_reasoning, out_audio, out_image, web_searches, audio_ms,
    characters, images, estimated, cost, cost_state, catalogue, cache_saved, duration_ms, first_token_ms, overhead_us,
    condensed_by, condensed_from, condensed_to, cache_result, saved_input_tokens, saved_output_tokens, saved_cost,
    effective_context, effective_context_estimated
) values (#, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #, #)
