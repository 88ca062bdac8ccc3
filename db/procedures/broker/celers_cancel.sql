-- celers_cancel: cancel a task.
--
-- A task that waits is cancelled at once. For one that runs the wish is recorded: its worker learns
-- of it with celers_extend or celers_step, and its next reject makes it cancelled. Dead letters
-- and finished tasks stay what they are. Inside a REPEATABLE READ transaction of the caller it is
-- looked for where it was when that transaction began: pending is the answer when it has moved
-- since, TASK_NOT_FOUND when it is younger, and nothing happens to it.
--
-- Params
--   p_task_id  uuid     id of the task
--   p_options  options  JSON object, NULL = all defaults = NULL
-- Options
--   reason  str  kept as the error of a cancelled task = none
-- Returns  1 row
--   task_id  uuid  id of the task
--   outcome  str   cancelled; cancel_requested: it runs; completed, failed, expired, dead: too
--                  late; pending: see above
-- Errors   UUID_INVALID, OPTIONS_INVALID, UNKNOWN_OPTION, TASK_NOT_FOUND
-- Writes   celers_finished, celers_ready, celers_scheduled, celers_running
-- Locks    celers_ready, celers_scheduled, celers_running
-- Roles    producer
-- Example  CALL celers_cancel('{{task_id}}', NULL);
CREATE PROCEDURE celers_cancel (
    IN p_task_id VARCHAR(1000),
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'cancel a task'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_outcome VARCHAR(20);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    CALL _celers_check_options(p_options, '["reason"]');
    CALL _celers_begin(v_joined);
    CALL _celers_cancel_items(
        JSON_ARRAY(JSON_OBJECT('id', BIN_TO_UUID(v_id))),
        JSON_UNQUOTE(NULLIF(JSON_EXTRACT(p_options, '$.reason'), CAST('null' AS JSON))),
        UTC_TIMESTAMP(6)
    );
    CALL _celers_find_state(v_id, v_outcome);
    IF v_outcome IS NULL THEN
        CALL _celers_raise('TASK_NOT_FOUND', BIN_TO_UUID(v_id));
    END IF;
    CALL _celers_commit(v_joined);
    SELECT
        BIN_TO_UUID(v_id) AS task_id,
        IF(v_outcome = 'processing', 'cancel_requested', v_outcome) AS outcome;
END;
