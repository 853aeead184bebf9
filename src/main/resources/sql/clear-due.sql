delete from usage_due where begins_at = :#hour
