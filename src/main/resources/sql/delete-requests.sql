delete from requests where started_at < :#before order by started_at limit :#most
