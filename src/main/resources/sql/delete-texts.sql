delete from request_texts where started_at < :#textsBefore order by started_at limit :#most
