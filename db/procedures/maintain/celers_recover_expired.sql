-- celers_recover_expired: take back the tasks of leases that ran out.
--
-- A lost lease counts as a crash: the task is ready again at once, or a dead letter when it has
-- lost more than max_crashes of its queue. The maintenance duty of this name does it by itself.
-- Call it again while it answers with p_limit.
--
-- Params
--   p_limit  int  tasks at a time, 1..1000, NULL = 500 = NULL
-- Returns  1 row
--   recovered  int  tasks taken back
-- Errors   LIMIT_OUT_OF_RANGE
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running, celers_claim
-- Locks    celers_running, celers_task
-- Roles    admin
-- Example  CALL celers_recover_expired(100);
CREATE PROCEDURE celers_recover_expired (
    IN p_limit BIGINT
)
MODIFIES SQL DATA
COMMENT 'take back the tasks of leases that ran out'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_mark_id BINARY(16);
    DECLARE v_recovered INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_limit(500, p_limit);
    CALL _celers_begin(v_joined);
    CALL _celers_recover(p_limit, v_mark_id, v_recovered);
    CALL _celers_commit(v_joined);
    SELECT v_recovered AS recovered;
END;
