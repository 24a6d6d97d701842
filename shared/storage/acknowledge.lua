-- Entries that are stored go from the stream to those that are kept, in one step.
-- KEYS: stream, kept, failures, counters, hold. ARGV: epoch, group, new, repeated, then the entries' ids.
-- Answers 0, and does nothing, when the epoch is another one: their database is no longer the running one.
if (redis.call('HGET', KEYS[5], 'epoch') or '') ~= ARGV[1] then
    return 0
end
for number = 5, #ARGV do
    local id = ARGV[number]
    local found = redis.call('XRANGE', KEYS[1], id, id)
    if found[1] then
        redis.call('XADD', KEYS[2], '*', unpack(found[1][2]))
    end
    redis.call('XACK', KEYS[1], ARGV[2], id)
    redis.call('XDEL', KEYS[1], id)
    redis.call('HDEL', KEYS[3], id)
end
redis.call('HINCRBY', KEYS[4], 'stored', ARGV[3])
redis.call('HINCRBY', KEYS[4], 'repeated', ARGV[4])
return 1
