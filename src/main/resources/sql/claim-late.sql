-- These rows are this transaction's to sum up, and no other broker's.
update usage_late set summed = :#claim where summed = 0 and begins_at = :#hour
