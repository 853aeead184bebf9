-- But not from rows of which some are gone.
delete from usage_due
where begins_at = :#hour and exists (select 1 from usage_closed where usage_closed.begins_at = usage_due.begins_at)
