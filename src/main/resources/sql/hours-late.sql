-- Hours that rows have come for after some of theirs were deleted.
select distinct begins_at from usage_late where summed = 0 order by begins_at limit 100
