-- These hours have to be summed up, once more if they were before.
replace into usage_due (begins_at) values (#)
