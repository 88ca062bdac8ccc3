-- celers_purge_dlq: delete a dead letter for good, with all that belongs to it.
--
-- Params
--   p_task_id  uuid  id of the task
-- Returns  1 row
--   task_id  uuid  id of the task
--   deleted  bool  0 = there is no such task, or not any more
-- Errors   UUID_INVALID, TASK_NOT_DEAD
-- Writes   celers_finished, celers_dead, celers_attempt, celers_result, celers_progress,
--          celers_expiry, celers_task
-- Locks    celers_dead, celers_attempt, celers_result, celers_progress, celers_task
-- Roles    admin
-- Example  CALL celers_purge_dlq('{{dead_id}}');
CREATE PROCEDURE celers_purge_dlq (
    IN p_task_id VARCHAR(1000)
)
MODIFIES SQL DATA
COMMENT 'delete a dead letter for good, with all that belongs to it'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_is_dead BOOLEAN DEFAULT FALSE;
    DECLARE v_state VARCHAR(20);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    CALL _celers_begin(v_joined);
    SELECT TRUE INTO v_is_dead FROM celers_dead WHERE id = v_id FOR UPDATE;
    IF v_is_dead THEN
        CALL _celers_forget(JSON_ARRAY(BIN_TO_UUID(v_id)));
    ELSE
        CALL _celers_find_state(v_id, v_state);
        -- a caller's snapshot may still show the dead letter
        IF v_state <> 'dead' THEN
            CALL _celers_raise('TASK_NOT_DEAD', v_state);
        END IF;
    END IF;
    CALL _celers_commit(v_joined);
    SELECT
        BIN_TO_UUID(v_id) AS task_id,
        v_is_dead AS deleted;
END;
