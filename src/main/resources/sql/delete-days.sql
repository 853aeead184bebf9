delete from usage_daily where begins_at < :#sumsBefore order by begins_at limit :#most
