-- celers_pause: stop handing out tasks of a queue.
--
-- Claims pass it over from now on. What runs may go on and be acknowledged, enqueues are taken, and
-- maintenance goes on. A queue that has never been used can be paused too.
--
-- Params
--   p_queue  str  queue name, 1..64 characters of [A-Za-z0-9_.:-]
-- Returns  1 row
--   queue      str   name of the queue
--   is_paused  bool  1
-- Errors   QUEUE_NAME_INVALID
-- Writes   celers_queue
-- Roles    admin
-- Example  CALL celers_pause('mail');
CREATE PROCEDURE celers_pause (
    IN p_queue VARCHAR(1000)
)
MODIFIES SQL DATA
COMMENT 'stop handing out tasks of a queue'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(p_queue);
    CALL _celers_begin(v_joined);
    INSERT INTO celers_queue (queue, is_paused, updated_at)
    VALUES (p_queue, TRUE, UTC_TIMESTAMP(6))
    ON DUPLICATE KEY UPDATE is_paused = TRUE, updated_at = UTC_TIMESTAMP(6);
    CALL _celers_commit(v_joined);
    SELECT
        p_queue AS queue,
        TRUE AS is_paused;
END;
