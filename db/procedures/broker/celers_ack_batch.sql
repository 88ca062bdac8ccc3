-- celers_ack_batch: end many tasks as completed.
--
-- Params
--   p_items  items  JSON array of at most 1000 objects: task_id, receipt, and result if there is
--                   one to keep (a string that holds JSON text, kept byte for byte)
-- Returns  rows
--   task_id  uuid  id of the task
--   outcome  str   completed; lost: the lease was given to another; not_found; or how this receipt
--                  ended before: retried, released, dead, failed, cancelled
-- Errors   ITEMS_INVALID, RESULT_INVALID
-- Writes   celers_finished, celers_running, celers_result
-- Locks    celers_running, celers_result
-- Roles    worker
-- Example  CALL celers_ack_batch('[{"task_id": "{{task_id}}", "receipt": "{{receipt}}"}]');
CREATE PROCEDURE celers_ack_batch (
    IN p_items LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'end many tasks as completed'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_items JSON;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_begin(v_joined);
    CALL _celers_ack_items(p_items, v_items);
    CALL _celers_commit(v_joined);
    IF v_items IS NULL THEN
        SET v_items = p_items;
    END IF;
    SELECT
        item.task_id,
        item.outcome
    FROM JSON_TABLE(v_items, '$[*]' COLUMNS (
        task_id CHAR(36) PATH '$.task_id',
        outcome VARCHAR(20) PATH '$.outcome' DEFAULT '"completed"' ON EMPTY
    )) AS item;
END;
