-- Keeps an entry of the cache, and notes in the index that it is there; both or neither.
-- KEYS: the entry, the index by age, the index by end, what each is about, the sum of bytes
-- ARGV: the bytes, milliseconds to live, stored at, expires at, `<size> <about>`
local entry, age, ends, about, bytes = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

local function size(of)
  return of and tonumber(string.match(of, '^%d+')) or 0
end

local before = redis.call('HGET', about, entry)
redis.call('SET', entry, ARGV[1], 'PX', ARGV[2])
redis.call('ZADD', age, ARGV[3], entry)
redis.call('ZADD', ends, ARGV[4], entry)
redis.call('HSET', about, entry, ARGV[5])
redis.call('INCRBY', bytes, size(ARGV[5]) - size(before))
return {1}
