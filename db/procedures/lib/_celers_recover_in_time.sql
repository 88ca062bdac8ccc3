-- _celers_recover_in_time: take back the tasks of leases that ran out, but not just after a pause.
--
-- Where nobody did maintenance for a while the server was away, and so it was for the workers: they
-- could not prolong their leases or hand in what they had done, and get a moment for that first.
-- Once: a duty that is always late, as nobody calls more often, is done the next time.
--
-- Params
--   p_limit    int    tasks at a time
--   p_mark_id  bytes  INOUT: low-water mark of celers_running
--   p_count    int    OUT: tasks taken back; NULL = put off
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running, celers_claim
-- Errors   none
CREATE PROCEDURE _celers_recover_in_time (
    IN p_limit INT,
    INOUT p_mark_id BINARY(16),
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'take back the tasks of leases that ran out, but not just after a pause'
BEGIN
    DECLARE v_is_after_pause BOOLEAN;

    SELECT next_at < UTC_TIMESTAMP(6) - INTERVAL 5 SECOND AND last_count IS NOT NULL
    INTO v_is_after_pause
    FROM celers_maintenance
    WHERE duty = 'recover_expired';
    IF v_is_after_pause THEN
        SET p_count = NULL;
    ELSE
        CALL _celers_recover(p_limit, p_mark_id, p_count);
    END IF;
END;
