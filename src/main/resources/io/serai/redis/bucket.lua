-- What one client has used of a minute, in one step and by one clock for all brokers. Two buckets, each of which holds a minute's
-- worth and fills evenly. The key is gone when both are full again, which is the same as never having been there.
-- KEYS[1]; ARGV: take or correct, requests or tokens, how many, the limit of requests, the limit of tokens (0: none)
-- Gives: taken, microseconds until there is as much (0: nothing refused), requests left, tokens left
local MINUTE = 60000000
local LONGEST_DEBT = 1000000 -- minutes

local how, what, amount = ARGV[1], ARGV[2], tonumber(ARGV[3])
local limits = {requests = tonumber(ARGV[4]), tokens = tonumber(ARGV[5])}
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local stored = redis.call('HMGET', KEYS[1], 'at', 'requests', 'of_requests', 'tokens', 'of_tokens')
local passed = math.max(0, now - (tonumber(stored[1]) or now))

local function filled(limit, left, of)
  left, of = tonumber(left), tonumber(of)
  if not left or not of or of <= 0 then
    return limit
  end
  if of ~= limit then
    left = left * limit / of -- of a limit that has changed, the used share stays used
  end
  return math.min(limit, left + passed * limit / MINUTE)
end

local left = {
  requests = filled(limits.requests, stored[2], stored[3]),
  tokens = filled(limits.tokens, stored[4], stored[5])
}
local limit = limits[what]
local taken, wait = 0, 0
if limit > 0 and how == 'correct' then
  left[what] = math.max(-limit * LONGEST_DEBT, math.min(limit, left[what] - amount))
elseif limit > 0 and amount > 0 then
  local wanted = math.min(amount, limit) -- more than it can ever hold is let pass when it is full
  if left[what] + 1e-6 >= wanted then
    taken = wanted
    left[what] = left[what] - wanted
  else
    wait = math.max(1, math.ceil((wanted - left[what]) * MINUTE / limit))
  end
end

local full = 0 -- milliseconds
for name, of in pairs(limits) do
  if of > 0 then
    full = math.max(full, (of - left[name]) / of * 60000)
  end
end
if full > 0 then
  redis.call('HSET', KEYS[1], 'at', string.format('%.0f', now),
    'requests', string.format('%.17g', left.requests), 'of_requests', limits.requests,
    'tokens', string.format('%.17g', left.tokens), 'of_tokens', limits.tokens)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil(full) + 1000))
else
  redis.call('DEL', KEYS[1])
end
return {taken, wait, math.floor(left.requests + 1e-6), math.floor(left.tokens + 1e-6)}
