-- Those that are not summed up yet stay until they are: a broker that stood still for longer than rows are kept has such.
delete from requests
where started_at < :#before
    and exists (select 1 from usage_closed where usage_closed.begins_at = requests.started_at - requests.started_at % 3600000)
    and not exists (select 1 from usage_due where usage_due.begins_at = requests.started_at - requests.started_at % 3600000)
    and not exists (select 1 from usage_late where usage_late.id = requests.id and usage_late.summed = 0)
order by started_at limit :#most
