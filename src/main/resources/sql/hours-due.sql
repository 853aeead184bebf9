-- Hours that are over and not summed up.
select begins_at from usage_due where begins_at < :#before order by begins_at limit 100
