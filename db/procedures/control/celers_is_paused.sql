-- celers_is_paused: tell whether the tasks of a queue are handed out.
--
-- Inside a transaction of the caller the answer may be as old as its snapshot.
--
-- Params
--   p_queue  str  queue name, 1..64 characters of [A-Za-z0-9_.:-]
-- Returns  1 row
--   queue      str   name of the queue
--   is_paused  bool  1 when claims pass it over; a queue that was never paused is not
-- Errors   QUEUE_NAME_INVALID
-- Writes   none
-- Roles    producer, worker, viewer
-- Example  CALL celers_is_paused('default');
CREATE PROCEDURE celers_is_paused (
    IN p_queue VARCHAR(1000)
)
READS SQL DATA
COMMENT 'tell whether the tasks of a queue are handed out'
BEGIN
    SET timestamp = DEFAULT;
    CALL _celers_check_queue(p_queue);
    SELECT
        p_queue AS queue,
        COALESCE(q.is_paused, d.is_paused) AS is_paused
    FROM celers_queue AS d
    LEFT JOIN celers_queue AS q ON q.queue = p_queue
    WHERE d.queue = '*';
END;
