-- celers_update_task_progress: tell how far a running task has come.
--
-- Only the holder of its receipt may. What is not given stays as it is. All of it outlives the
-- attempt, so that the next one finds the checkpoint, and goes when the task is deleted.
--
-- Params
--   p_task_id  uuid     id of the task
--   p_receipt  uuid     receipt of the claim
--   p_percent  float    how much of it is done, 0..100, NULL = as it is = NULL
--   p_options  options  JSON object, NULL = all as it is = NULL
-- Options
--   step         str  what it is at, at most 255 characters = as it is
--   total_steps  int  how many steps it takes, 0..2147483647 = as it is
--   checkpoint   str  JSON text of at most 512 KiB from which the next attempt can go on, kept byte
--                     for byte = as it is
-- Returns  1 row
--   task_id     uuid      id of the task
--   updated_at  datetime  now (UTC)
-- Errors   UUID_INVALID, PERCENT_OUT_OF_RANGE, OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID,
--          CHECKPOINT_INVALID, LEASE_LOST, TASK_NOT_FOUND
-- Writes   celers_progress
-- Locks    celers_running, celers_progress
-- Roles    worker
-- Example  CALL celers_update_task_progress('{{task_id}}', '{{receipt}}', 40, '{"step": "crop"}');
CREATE PROCEDURE celers_update_task_progress (
    IN p_task_id VARCHAR(1000),
    IN p_receipt VARCHAR(1000),
    IN p_percent DOUBLE,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'tell how far a running task has come'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_receipt BINARY(16);
    DECLARE v_now DATETIME(6);
    DECLARE v_step VARCHAR(255);
    DECLARE v_total_steps BIGINT;
    DECLARE v_checkpoint LONGTEXT;
    DECLARE v_is_held BOOLEAN DEFAULT FALSE;
    DECLARE v_outcome VARCHAR(20);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    SET v_now = UTC_TIMESTAMP(6);
    CALL _celers_parse_uuid(p_task_id, v_id);
    CALL _celers_parse_uuid(p_receipt, v_receipt);
    IF p_percent NOT BETWEEN 0 AND 100 THEN
        CALL _celers_raise('PERCENT_OUT_OF_RANGE', p_percent);
    END IF;
    CALL _celers_check_options(p_options, '["step", "total_steps", "checkpoint"]');
    CALL _celers_progress_options(p_options, v_step, v_total_steps, v_checkpoint);
    CALL _celers_begin(v_joined);
    -- shared: the attempt cannot end before this is written, and its lease can be prolonged
    SELECT TRUE INTO v_is_held
    FROM celers_running
    WHERE claim_id = v_receipt AND id = v_id
    FOR SHARE;
    IF NOT v_is_held THEN
        CALL _celers_answer_one(v_id, v_receipt, v_outcome);
        CALL _celers_raise('LEASE_LOST', v_outcome);
    END IF;
    INSERT INTO celers_progress (
        id, percent, step, total_steps, checkpoint, updated_at
    ) VALUES (
        v_id, p_percent, v_step, v_total_steps, v_checkpoint, v_now
    ) ON DUPLICATE KEY UPDATE
        percent = COALESCE(p_percent, percent),
        step = COALESCE(v_step, step),
        total_steps = COALESCE(v_total_steps, total_steps),
        checkpoint = COALESCE(v_checkpoint, checkpoint),
        updated_at = v_now;
    CALL _celers_commit(v_joined);
    SELECT
        BIN_TO_UUID(v_id) AS task_id,
        v_now AS updated_at;
END;
