-- The rows that go next: what is summed up of their hours stays, whatever comes for those later.
replace into usage_closed (begins_at)
select distinct started_at - started_at % 3600000
from (
    select started_at from requests
    where started_at < :#before
        and not exists (select 1 from usage_due where usage_due.begins_at = requests.started_at - requests.started_at % 3600000)
    order by started_at limit :#most
) as oldest
