delete from usage_closed where begins_at < :#sumsBefore order by begins_at limit :#most
