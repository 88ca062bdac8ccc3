-- celers_cancel_batch: cancel many tasks.
--
-- Params
--   p_task_ids  json     JSON array of at most 1000 ids
--   p_options   options  JSON object, NULL = all defaults = NULL
-- Options
--   reason  str  kept as the error of cancelled tasks = none
-- Returns  rows
--   task_id  uuid  id of the task
--   outcome  str   as celers_cancel, or not_found
-- Errors   ITEMS_INVALID, OPTIONS_INVALID, UNKNOWN_OPTION
-- Writes   celers_finished, celers_ready, celers_scheduled, celers_running
-- Locks    celers_ready, celers_scheduled, celers_running
-- Roles    producer
-- Example  CALL celers_cancel_batch('["{{task_id}}"]', '{"reason": "no longer wanted"}');
CREATE PROCEDURE celers_cancel_batch (
    IN p_task_ids LONGTEXT,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'cancel many tasks'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_ids JSON;
    DECLARE v_outcomes JSON;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_ids(p_task_ids, v_ids);
    CALL _celers_check_options(p_options, '["reason"]');
    CALL _celers_begin(v_joined);
    CALL _celers_cancel_items(
        v_ids,
        JSON_UNQUOTE(NULLIF(JSON_EXTRACT(p_options, '$.reason'), CAST('null' AS JSON))),
        UTC_TIMESTAMP(6)
    );
    CALL _celers_find_states(v_ids, v_outcomes);
    CALL _celers_commit(v_joined);
    SELECT
        item.id AS task_id,
        IF(item.state = 'processing', 'cancel_requested', item.state) AS outcome
    FROM JSON_TABLE(v_outcomes, '$[*]' COLUMNS (
        id CHAR(36) PATH '$.id',
        state VARCHAR(20) PATH '$.state'
    )) AS item;
END;
