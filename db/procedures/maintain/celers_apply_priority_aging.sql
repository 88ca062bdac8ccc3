-- celers_apply_priority_aging: raise the priority of tasks that have waited long.
--
-- To the priority they were enqueued with, plus the boost for each whole threshold that they have
-- waited since they were due; never above aging_max_priority of their queue, at most 1000. So a
-- repeated call raises nothing twice. The maintenance duty of this name does it by itself where a
-- queue has an aging_threshold_s. Call it again while it answers with p_limit.
--
-- Params
--   p_queue            str  only this queue, NULL = all = NULL
--   p_age_threshold_s  int  seconds of waiting per boost, 1..31536000, NULL = as each queue has it;
--                           a queue without one is left alone = NULL
--   p_priority_boost   int  what each of them adds, 1..1000, NULL = as each queue has it = NULL
--   p_limit            int  rows at a time, 1..1000, NULL = 1000 = NULL
-- Returns  1 row
--   raised  int  tasks raised
-- Errors   QUEUE_NAME_INVALID, AGING_OUT_OF_RANGE, LIMIT_OUT_OF_RANGE
-- Writes   celers_ready, celers_task
-- Locks    celers_ready, celers_task
-- Roles    admin
-- Example  CALL celers_apply_priority_aging('default', 60, 1, 100);
CREATE PROCEDURE celers_apply_priority_aging (
    IN p_queue VARCHAR(1000),
    IN p_age_threshold_s BIGINT,
    IN p_priority_boost BIGINT,
    IN p_limit BIGINT
)
MODIFIES SQL DATA
COMMENT 'raise the priority of tasks that have waited long'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_raised INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(COALESCE(p_queue, 'default'));
    IF p_age_threshold_s NOT BETWEEN 1 AND 31536000 OR p_priority_boost NOT BETWEEN 1 AND 1000 THEN
        CALL _celers_raise(
            'AGING_OUT_OF_RANGE', CONCAT_WS(', ', p_age_threshold_s, p_priority_boost)
        );
    END IF;
    CALL _celers_check_limit(1000, p_limit);
    CALL _celers_begin(v_joined);
    CALL _celers_age(p_limit, p_queue, p_age_threshold_s, p_priority_boost, v_raised);
    CALL _celers_commit(v_joined);
    SELECT v_raised AS raised;
END;
