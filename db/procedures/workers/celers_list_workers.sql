-- celers_list_workers: list the registered workers, the last heard of first.
--
-- Params
--   p_stale_s  int  seconds without a heartbeat after which a worker counts as offline,
--                   1..31536000, NULL = 60 = NULL
-- Returns  rows
--   worker_id          str       name of the worker
--   status             str       as it said last, or offline when that is too long ago
--   queues             str?      queues it serves, separated by commas
--   capabilities       json?     JSON object of its own making
--   hostname           str?      where it runs
--   pid                int?      its process there
--   started_at         datetime  when it registered (UTC)
--   last_heartbeat_at  datetime  when it was last heard of (UTC)
--   heartbeat_age_s    int       seconds since then
--   running            int       tasks that it holds
-- Errors   WINDOW_OUT_OF_RANGE
-- Writes   none
-- Roles    viewer
-- Example  CALL celers_list_workers(60);
CREATE PROCEDURE celers_list_workers (
    IN p_stale_s BIGINT
)
READS SQL DATA
COMMENT 'list the registered workers, the last heard of first'
BEGIN
    SET timestamp = DEFAULT;
    IF p_stale_s NOT BETWEEN 1 AND 31536000 THEN
        CALL _celers_raise('WINDOW_OUT_OF_RANGE', p_stale_s);
    END IF;
    SELECT
        v.worker_id,
        IF(v.heartbeat_age_s > COALESCE(p_stale_s, 60), 'offline', v.status) AS status,
        v.queues,
        v.capabilities,
        v.hostname,
        v.pid,
        v.started_at,
        v.last_heartbeat_at,
        v.heartbeat_age_s,
        v.running
    FROM celers_workers AS v
    ORDER BY v.last_heartbeat_at DESC, v.worker_id;
END;
