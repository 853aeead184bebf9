-- Once more means the same texts again: the id is the request's own.
replace into request_texts (id, started_at, prompt, answer, cut) values (#, #, #, #, #)
