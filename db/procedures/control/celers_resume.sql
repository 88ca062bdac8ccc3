-- celers_resume: hand out the tasks of a paused queue again.
--
-- A queue that is not paused stays as it is.
--
-- Params
--   p_queue  str  queue name, 1..64 characters of [A-Za-z0-9_.:-]
-- Returns  1 row
--   queue      str   name of the queue
--   is_paused  bool  0
-- Errors   QUEUE_NAME_INVALID
-- Writes   celers_queue
-- Roles    admin
-- Example  CALL celers_resume('mail');
CREATE PROCEDURE celers_resume (
    IN p_queue VARCHAR(1000)
)
MODIFIES SQL DATA
COMMENT 'hand out the tasks of a paused queue again'
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
    UPDATE celers_queue
    SET is_paused = FALSE, updated_at = UTC_TIMESTAMP(6)
    WHERE queue = p_queue;
    CALL _celers_commit(v_joined);
    SELECT
        p_queue AS queue,
        FALSE AS is_paused;
END;
