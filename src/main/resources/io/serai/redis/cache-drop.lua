-- Drops entries of the cache, and their notes in the index. Some at a time: meanwhile Redis answers nobody.
-- KEYS: the index by age, the index by end, what each is about, the sum of bytes; ARGV: the entries
-- Gives: how many the index had
local age, ends, about, bytes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local gone = 0
for _, entry in ipairs(ARGV) do
  local known = redis.call('HGET', about, entry)
  redis.call('UNLINK', entry)
  redis.call('ZREM', age, entry)
  redis.call('ZREM', ends, entry)
  if known then
    redis.call('HDEL', about, entry)
    redis.call('DECRBY', bytes, tonumber(string.match(known, '^%d+')) or 0)
    gone = gone + 1
  end
end
return {gone}
