-- celers_list_queues: list the queues that have tasks or settings.
--
-- Counts walk an index of what waits, runs or is dead: a queue with a million ready tasks takes
-- some tenths of a second.
--
-- Params
-- Returns  rows
--   queue           str     name of the queue
--   is_paused       bool    whether claims pass it over
--   ready           int     tasks that wait and are due
--   scheduled       int     tasks that are not due yet
--   running         int     tasks that are being processed
--   dead            int     dead letters
--   oldest_ready_s  float?  seconds that the longest waiting of the ready ones has waited
--   workers         int     registered workers that serve it and were heard of within 60 seconds
-- Errors   none
-- Writes   none
-- Roles    viewer
-- Example  CALL celers_list_queues();
CREATE PROCEDURE celers_list_queues ()
READS SQL DATA
COMMENT 'list the queues that have tasks or settings'
BEGIN
    SET timestamp = DEFAULT;
    SELECT
        v.queue,
        v.is_paused,
        v.ready,
        v.scheduled,
        v.running,
        v.dead,
        v.oldest_ready_s,
        v.workers
    FROM celers_queues AS v
    ORDER BY v.queue;
END;
