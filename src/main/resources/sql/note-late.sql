-- A row of an hour whose rows have begun to go; once, however often it comes.
insert into usage_late (id, begins_at, summed)
select :#id, begins_at, 0 from usage_closed
where begins_at = :#hour and not exists (select 1 from usage_late where usage_late.id = :#id)
