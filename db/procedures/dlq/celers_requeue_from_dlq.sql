-- celers_requeue_from_dlq: put a dead letter back into its queue.
--
-- The same task, with its id, priority and max_retries, at the tail of the queue and due now.
-- Errors and crashes count from 0 again, attempts go on counting; the attempt it died of becomes
-- part of its history. A repeated call changes nothing and is answered alike.
--
-- Params
--   p_task_id  uuid  id of the task
-- Returns  1 row
--   task_id  uuid  id of the task
--   outcome  str   requeued
--   state    str   where it is now: pending; after a repeated call where it has come since
-- Errors   UUID_INVALID, TASK_NOT_FOUND, TASK_NOT_DEAD
-- Writes   celers_ready, celers_dead, celers_attempt, celers_task
-- Locks    celers_dead, celers_attempt, celers_task
-- Roles    admin
-- Example  CALL celers_requeue_from_dlq('{{dead_id}}');
CREATE PROCEDURE celers_requeue_from_dlq (
    IN p_task_id VARCHAR(1000)
)
MODIFIES SQL DATA
COMMENT 'put a dead letter back into its queue'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_is_revived BOOLEAN;
    DECLARE v_was_dead BOOLEAN;
    DECLARE v_state VARCHAR(20) DEFAULT 'pending';
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    CALL _celers_begin(v_joined);
    CALL _celers_revive(v_id, UTC_TIMESTAMP(6), v_is_revived);
    IF NOT v_is_revived THEN
        -- a locking read: it may have been requeued after a caller's snapshot
        SELECT COUNT(*) > 0 INTO v_was_dead
        FROM celers_attempt
        WHERE id = v_id AND outcome = 'dead'
        FOR SHARE;
        CALL _celers_find_state(v_id, v_state);
        IF NOT v_was_dead AND v_state IS NULL THEN
            CALL _celers_raise('TASK_NOT_FOUND', BIN_TO_UUID(v_id));
        ELSEIF NOT v_was_dead THEN
            CALL _celers_raise('TASK_NOT_DEAD', v_state);
        END IF;
    END IF;
    CALL _celers_commit(v_joined);
    SELECT
        BIN_TO_UUID(v_id) AS task_id,
        'requeued' AS outcome,
        COALESCE(v_state, 'pending') AS state;
END;
