-- Unless rows of it are gone already: its sums are then all that is left of them. (A sum within a table of its own: MySQL does not
-- read otherwise what it deletes from.)
delete from usage_hourly
where begins_at = :#hour
    and (select count(*) from requests where started_at >= :#hour and started_at < :#hourEnd)
        >= (select had from (select coalesce(sum(requests), 0) as had from usage_hourly where begins_at = :#hour) as sums)
