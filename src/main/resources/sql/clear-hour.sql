delete from usage_hourly where begins_at = :#hour
