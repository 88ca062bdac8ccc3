-- celers_reject_batch: end many attempts that failed.
--
-- Params
--   p_items  items  JSON array of at most 1000 objects: task_id, receipt, error and any option of
--                   celers_reject
-- Returns  rows
--   task_id  uuid       id of the task
--   outcome  str        retried, released, dead, failed, cancelled; lost: the lease was given to
--                       another; not_found
--   due_at   datetime?  when the next attempt is due (UTC)
-- Errors   ITEMS_INVALID, OPTIONS_CONTRADICTORY, DUE_OUT_OF_RANGE
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running
-- Locks    celers_running, celers_task
-- Roles    worker
-- Example  CALL celers_reject_batch('[{"task_id": "{{task_id}}", "receipt": "{{receipt}}"}]');
CREATE PROCEDURE celers_reject_batch (
    IN p_items LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'end many attempts that failed'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_items JSON;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_items(p_items, v_items);
    CALL _celers_begin(v_joined);
    CALL _celers_reject_items(v_items);
    CALL _celers_answer(v_items, v_items);
    CALL _celers_commit(v_joined);
    SELECT
        answer.task_id,
        answer.outcome,
        answer.due_at
    FROM JSON_TABLE(v_items, '$[*]' COLUMNS (
        task_id CHAR(36) PATH '$.task_id',
        outcome VARCHAR(20) PATH '$.outcome',
        due_at DATETIME(6) PATH '$.due_at'
    )) AS answer;
END;
