-- _celers_do_duty: call the routine of a maintenance duty.
--
-- Params
--   p_duty     str
--   p_limit    int       rows at a time
--   p_mark_at  datetime  INOUT: low-water mark of the index the duty scans
--   p_mark_id  bytes     INOUT: the same where the index is one of ids
--   p_count    int       OUT: rows moved; NULL = put off
-- Writes   celers_ready, celers_scheduled, celers_running, celers_claim, celers_task,
--          celers_worker, celers_attempt, celers_dead, celers_finished, celers_expiry, celers_mark,
--          celers_result, celers_progress
-- Errors   none
CREATE PROCEDURE _celers_do_duty (
    IN p_duty VARCHAR(64),
    IN p_limit INT,
    INOUT p_mark_at DATETIME(6),
    INOUT p_mark_id BINARY(16),
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'call the routine of a maintenance duty'
BEGIN
    CASE p_duty
        WHEN 'promote_due' THEN CALL _celers_promote(p_limit, p_mark_at, p_count);
        WHEN 'recover_expired' THEN CALL _celers_recover_in_time(p_limit, p_mark_id, p_count);
        WHEN 'expire_pending' THEN CALL _celers_expire(p_limit, p_mark_at, p_count);
        WHEN 'advance_marks' THEN CALL _celers_advance_marks(p_count);
        WHEN 'sweep_marks' THEN CALL _celers_sweep_marks(p_limit, p_count);
        WHEN 'apply_priority_aging' THEN CALL _celers_age(p_limit, NULL, NULL, NULL, p_count);
        WHEN 'archive_completed_tasks' THEN CALL _celers_archive(p_limit, NULL, NULL, p_count);
        WHEN 'apply_dlq_retention' THEN CALL _celers_retain_dlq(p_limit, NULL, NULL, p_count);
        WHEN 'forget_workers' THEN CALL _celers_forget_workers(p_limit, p_count);
        ELSE SET p_count = 0;
    END CASE;
END;
