-- Those of an hour that is not summed up yet stay until it is: a broker that stood still for longer than rows are kept has such.
delete from requests
where started_at < :#before
    and not exists (select 1 from usage_due where usage_due.begins_at = requests.started_at - requests.started_at % 3600000)
order by started_at limit :#most
