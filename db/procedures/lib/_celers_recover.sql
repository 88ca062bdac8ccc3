-- _celers_recover: take back the tasks of leases that ran out.
--
-- A lost lease counts as a crash, not as an error: max_crashes of the queue bounds it, so that a
-- task that kills its workers ends in the dead letters. Others are ready again at once. Nothing
-- here waits for a lock: a claim or a task that somebody is ending just now is left alone.
--
-- Params
--   p_limit    int       tasks at a time
--   p_mark_id  bytes     INOUT: low-water mark of celers_running
--   p_count    int       OUT: tasks taken back
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running, celers_claim
-- Errors   none
CREATE PROCEDURE _celers_recover (
    IN p_limit INT,
    INOUT p_mark_id BINARY(16),
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'take back the tasks of leases that ran out'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_verdicts JSON;

    -- what runs is little and claim ids follow time: a walk from the oldest claim, no index to keep
    IF p_mark_id IS NULL OR RAND() < 0.02 THEN
        SET p_mark_id = UNHEX(REPEAT('0', 32));
    END IF;
    SELECT JSON_ARRAYAGG(JSON_OBJECT(
        'id', BIN_TO_UUID(lost.id),
        'receipt', BIN_TO_UUID(lost.claim_id),
        'outcome', CASE
            WHEN lost.cancel_requested_at IS NOT NULL THEN 'cancelled'
            WHEN lost.crashes >= COALESCE(q.max_crashes, d.max_crashes) THEN 'dead'
            ELSE 'crashed'
        END,
        'reason', 'crashed',
        'delay_us', 0,
        'error', CONCAT(
            COALESCE(CONCAT(lost.cancel_reason, '\n'), ''), 'LeaseExpired: worker ',
            lost.worker_id, ' did not extend its lease'
        )
    )) INTO v_verdicts
    FROM (
        SELECT
            u.id,
            u.claim_id,
            u.queue,
            u.crashes,
            u.cancel_requested_at,
            u.cancel_reason,
            u.worker_id
        FROM celers_running AS u FORCE INDEX (PRIMARY)
        LEFT JOIN celers_claim AS c ON c.claim_id = u.claim_id
        WHERE
            u.claim_id >= p_mark_id
            AND u.lease_expires_at <= v_now
            AND COALESCE(c.lease_expires_at <= v_now, TRUE)
        LIMIT p_limit
        FOR UPDATE OF u SKIP LOCKED
    ) AS lost
    STRAIGHT_JOIN celers_queue AS d ON d.queue = '*'
    LEFT JOIN celers_queue AS q ON q.queue = lost.queue;
    SET p_count = COALESCE(JSON_LENGTH(v_verdicts), 0);
    CALL _celers_end_attempts(v_verdicts, v_now);
    CALL _celers_sweep_claims(v_now);
    -- attempt stands outside the key: see _celers_advance_marks
    SELECT COALESCE(MIN(oldest.claim_id), p_mark_id) INTO p_mark_id
    FROM (
        SELECT
            u.claim_id,
            u.attempt
        FROM celers_running AS u FORCE INDEX (PRIMARY)
        WHERE u.claim_id >= p_mark_id
        ORDER BY u.claim_id
        LIMIT 1
    ) AS oldest;
END;
