delete from usage_daily where begins_at = :#day
