-- _celers_claim_rest: claim, commit, do a bit of the maintenance that is due, and hand out.
--
-- The way of every claim that _celers_claim_one has not answered. Where nothing was found, the
-- duties that are due are done one after the other, and after each it looks again.
--
-- Params
--   p_queues      str    names, separated by commas
--   p_worker_id   str
--   p_limit       int
--   p_lease_s     int    NULL = default of the queue
--   p_names       json   array of task names, NULL = any
--   p_claim_id    bytes
--   p_is_request  bool   the client brought the id
--   p_joined      bool   the transaction, which is open, is the caller's
--   p_notices     json   array of {task_id, receipt, outcome} to hand out as well, or NULL
--   p_taken       int    0 = there is none, as _celers_claim_one has seen; NULL = not yet looked
--   p_is_due      bool   some maintenance is due
-- Writes   celers_upkeep, celers_maintenance, celers_ready, celers_running, celers_claim,
--          celers_scheduled, celers_task, celers_worker, celers_attempt, celers_dead,
--          celers_finished, celers_expiry, celers_mark, celers_result, celers_progress
-- Errors   QUEUE_NAME_INVALID, REQUEST_BUSY
CREATE PROCEDURE _celers_claim_rest (
    IN p_queues TEXT,
    IN p_worker_id VARCHAR(255),
    IN p_limit INT,
    IN p_lease_s INT,
    IN p_names JSON,
    IN p_claim_id BINARY(16),
    IN p_is_request BOOLEAN,
    IN p_joined BOOLEAN,
    IN p_notices JSON,
    IN p_taken INT,
    IN p_is_due BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'claim, commit, do a bit of the maintenance that is due, and hand out'
BEGIN
    DECLARE v_quiet JSON DEFAULT JSON_OBJECT();
    DECLARE v_duty VARCHAR(64);
    DECLARE v_moved INT;

    IF p_taken IS NULL THEN
        CALL _celers_claim(
            p_queues, p_worker_id, p_limit, p_lease_s, p_names, p_claim_id, p_is_request, p_taken,
            p_is_due
        );
    END IF;
    IF p_taken = 0 THEN
        -- a bad name has no tasks
        CALL _celers_check_queues(p_queues);
    END IF;
    CALL _celers_commit(p_joined);
    WHILE p_is_due AND NOT p_joined DO
        CALL _celers_run_duty(v_quiet, p_taken > 0, v_duty, v_moved);
        SET p_is_due = p_taken = 0 AND v_duty IS NOT NULL;
        IF p_is_due THEN
            CALL _celers_begin(p_joined);
            CALL _celers_claim(
                p_queues, p_worker_id, p_limit, p_lease_s, p_names, p_claim_id, p_is_request,
                p_taken, p_is_due
            );
            CALL _celers_commit(p_joined);
        END IF;
    END WHILE;
    CALL _celers_read_claim(p_claim_id, p_taken, p_joined, p_notices);
END;
