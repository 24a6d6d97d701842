-- Takes from several buckets at once, or from none; when it could, carries out commands in the same step.
-- KEYS: a key for each bucket, then those of the commands.
-- ARGV: how many buckets; for each: kind, cost, then of a rate: units a second and burst, of a quota: units and seconds kept;
--       then each command: how many words, its words.
-- Answers {1, tightest bucket, what is left in it, milliseconds until it is full, replies of the commands} or
--         {0, the bucket that is empty, what is left in it, milliseconds until there is enough}.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local count, at, writes = tonumber(ARGV[1]), 2, {}
local tightest, least, left_in_it, full_in = 0, 2, 0, 0
for n = 1, count do
  local kind, cost, first, second = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  at = at + 4
  local left, size, wait
  if kind == 'rate' then
    -- The time at which the bucket will be full again is all that has to be kept of it.
    local interval = 1000000 / first
    local full_at = math.max(tonumber(redis.call('GET', KEYS[n]) or '0'), now)
    local after = full_at + cost * interval
    size, wait = second, after - second * interval - now
    left = math.floor((second * interval - (full_at - now)) / interval)
    if wait <= 0 then
      left = left - cost
      full_at = after
      writes[n] = {'SET', KEYS[n], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1}
    end
    if wait <= 0 and left / size < least then
      tightest, least, left_in_it, full_in = n, left / size, left, (full_at - now) / 1000
    end
  else
    local used = tonumber(redis.call('GET', KEYS[n]) or '0')
    left = first - used
    wait = (used + cost > first) and math.max(redis.call('PTTL', KEYS[n]), 0) * 1000 + 1 or 0
    writes[n] = {'quota', KEYS[n], cost, second}
  end
  if wait > 0 then
    return {0, n, math.max(left, 0), math.ceil(wait / 1000)}
  end
end
for n = 1, count do
  local write = writes[n]
  if write[1] == 'quota' then
    if redis.call('INCRBY', write[2], write[3]) == write[3] then
      redis.call('EXPIRE', write[2], write[4])
    end
  else
    redis.call(unpack(write))
  end
end
local replies = {}
while at <= #ARGV do
  local words = tonumber(ARGV[at])
  replies[#replies + 1] = redis.call(unpack(ARGV, at + 1, at + words))
  at = at + words + 1
end
return {1, tightest, left_in_it, math.ceil(full_in), replies}
