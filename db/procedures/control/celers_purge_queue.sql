-- celers_purge_queue: delete the tasks of a queue that wait, with all that belongs to them.
--
-- The last in the order of claims first. What runs is not touched, nor is what a claim or another
-- call holds just now. Call it again while it answers with p_limit.
--
-- Params
--   p_queue    str      name of the queue
--   p_limit    int      tasks at a time, 1..1000, NULL = 1000 = NULL
--   p_options  options  JSON object, NULL = all defaults = NULL
-- Options
--   state  str  only those that are due: ready; only those that are not: scheduled = both
-- Returns  1 row
--   deleted  int  tasks deleted
-- Errors   QUEUE_NAME_INVALID, LIMIT_OUT_OF_RANGE, OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID
-- Writes   celers_ready, celers_scheduled, celers_finished, celers_dead, celers_attempt,
--          celers_result, celers_progress, celers_expiry, celers_task
-- Locks    celers_ready, celers_scheduled, celers_attempt, celers_result, celers_progress,
--          celers_task
-- Roles    admin
-- Example  CALL celers_purge_queue('default', 100, '{"state": "ready"}');
CREATE PROCEDURE celers_purge_queue (
    IN p_queue VARCHAR(1000),
    IN p_limit BIGINT,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'delete the tasks of a queue that wait, with all that belongs to them'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_state VARCHAR(1000);
    DECLARE v_deleted INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(p_queue);
    CALL _celers_check_limit(1000, p_limit);
    CALL _celers_check_options(p_options, '["state"]');
    SET v_state = JSON_UNQUOTE(NULLIF(JSON_EXTRACT(p_options, '$.state'), CAST('null' AS JSON)));
    IF v_state NOT IN ('ready', 'scheduled') THEN
        CALL _celers_raise('OPTION_INVALID', 'state: ready or scheduled');
    END IF;
    CALL _celers_begin(v_joined);
    CALL _celers_purge_pending(p_queue, v_state, p_limit, v_deleted);
    CALL _celers_commit(v_joined);
    SELECT v_deleted AS deleted;
END;
