-- celers_queue_size: count the tasks of a queue, or of all, that are not finished.
--
-- Params
--   p_queue  str  name of the queue, NULL = all together = NULL
-- Returns  1 row
--   ready      int  tasks that wait and are due
--   scheduled  int  tasks that are not due yet, retries included
--   running    int  tasks that are being processed
--   dead       int  dead letters
-- Errors   QUEUE_NAME_INVALID
-- Writes   none
-- Roles    producer, worker, viewer
-- Example  CALL celers_queue_size('default');
CREATE PROCEDURE celers_queue_size (
    IN p_queue VARCHAR(1000)
)
READS SQL DATA
COMMENT 'count the tasks of a queue, or of all, that are not finished'
BEGIN
    SET timestamp = DEFAULT;
    CALL _celers_check_queue(COALESCE(p_queue, 'default'));
    SELECT
        (
            SELECT COUNT(*)
            FROM celers_ready AS r
            WHERE p_queue IS NULL OR r.queue = p_queue
        ) AS ready,
        (
            SELECT COUNT(*)
            FROM celers_scheduled AS s
            WHERE p_queue IS NULL OR s.queue = p_queue
        ) AS scheduled,
        (
            SELECT COUNT(*)
            FROM celers_running AS u
            WHERE p_queue IS NULL OR u.queue = p_queue
        ) AS running,
        (
            SELECT COUNT(*)
            FROM celers_dead AS x
            WHERE p_queue IS NULL OR x.queue = p_queue
        ) AS dead;
END;
