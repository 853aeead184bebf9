delete from usage_late where begins_at < :#sumsBefore and summed <> 0 order by begins_at limit :#most
