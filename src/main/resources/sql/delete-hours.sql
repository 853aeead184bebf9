delete from usage_hourly where begins_at < :#sumsBefore order by begins_at limit :#most
