-- celers_delete_task: delete a task that has ended, with all that belongs to it.
--
-- A finished one or a dead letter; what waits or runs is refused: cancel it first.
--
-- Params
--   p_task_id  uuid  id of the task
-- Returns  1 row
--   task_id  uuid  id of the task
--   deleted  bool  0 = there is no such task, or not any more
-- Errors   UUID_INVALID, TASK_NOT_ENDED
-- Writes   celers_finished, celers_dead, celers_attempt, celers_result, celers_progress,
--          celers_expiry, celers_task
-- Locks    celers_finished, celers_dead, celers_attempt, celers_result, celers_progress,
--          celers_task
-- Roles    admin
-- Example  CALL celers_delete_task('{{finished_id}}');
CREATE PROCEDURE celers_delete_task (
    IN p_task_id VARCHAR(1000)
)
MODIFIES SQL DATA
COMMENT 'delete a task that has ended, with all that belongs to it'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_has_ended BOOLEAN DEFAULT FALSE;
    DECLARE v_state VARCHAR(20);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    CALL _celers_begin(v_joined);
    SELECT TRUE INTO v_has_ended FROM celers_finished WHERE id = v_id FOR UPDATE;
    SELECT TRUE INTO v_has_ended FROM celers_dead WHERE id = v_id FOR UPDATE;
    IF v_has_ended THEN
        CALL _celers_forget(JSON_ARRAY(BIN_TO_UUID(v_id)));
    ELSE
        CALL _celers_find_state(v_id, v_state);
        IF v_state IN ('pending', 'processing') THEN
            CALL _celers_raise('TASK_NOT_ENDED', v_state);
        END IF;
    END IF;
    CALL _celers_commit(v_joined);
    SELECT
        BIN_TO_UUID(v_id) AS task_id,
        v_has_ended AS deleted;
END;
