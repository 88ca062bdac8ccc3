-- celers_apply_dlq_retention: delete old dead letters for good.
--
-- The maintenance duty of this name does it by itself where a queue has a dlq_retention_s. Call it
-- again while it answers with p_limit.
--
-- Params
--   p_queue    str  only this queue, NULL = all = NULL
--   p_older_s  int  seconds since they died, 3600..315360000, NULL = as each queue has it = NULL
--   p_limit    int  rows at a time, 1..1000, NULL = 1000 = NULL
-- Returns  1 row
--   deleted  int  dead letters deleted
-- Errors   QUEUE_NAME_INVALID, RETENTION_OUT_OF_RANGE, LIMIT_OUT_OF_RANGE
-- Writes   celers_finished, celers_dead, celers_attempt, celers_result, celers_progress,
--          celers_expiry, celers_task
-- Locks    celers_dead, celers_attempt, celers_result, celers_progress, celers_task
-- Roles    admin
-- Example  CALL celers_apply_dlq_retention('default', 86400, 100);
CREATE PROCEDURE celers_apply_dlq_retention (
    IN p_queue VARCHAR(1000),
    IN p_older_s BIGINT,
    IN p_limit BIGINT
)
MODIFIES SQL DATA
COMMENT 'delete old dead letters for good'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_deleted INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(COALESCE(p_queue, 'default'));
    IF p_older_s NOT BETWEEN 3600 AND 315360000 THEN
        CALL _celers_raise('RETENTION_OUT_OF_RANGE', p_older_s);
    END IF;
    CALL _celers_check_limit(1000, p_limit);
    CALL _celers_begin(v_joined);
    CALL _celers_retain_dlq(p_limit, p_queue, p_older_s, v_deleted);
    CALL _celers_commit(v_joined);
    SELECT v_deleted AS deleted;
END;
