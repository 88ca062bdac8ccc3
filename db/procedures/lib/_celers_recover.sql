-- _celers_recover: take back the tasks of leases that ran out.
--
-- A lost lease counts as a crash, not as an error: max_crashes of the queue bounds it, so that a
-- task that kills its workers ends in the dead letters. Others are ready again at once. Nothing
-- here waits for a lock: a claim or a task that somebody is ending just now is left alone.
--
-- Params
--   p_limit    int       leases at a time
--   p_mark_at  datetime  INOUT: low-water mark of ix_claim_lease
--   p_count    int       OUT: leases looked at
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running, celers_claim
-- Errors   none
CREATE PROCEDURE _celers_recover (
    IN p_limit INT,
    INOUT p_mark_at DATETIME(6),
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'take back the tasks of leases that ran out'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_claims JSON;
    DECLARE v_verdicts JSON;

    CALL _celers_rewind_mark(p_mark_at);
    SELECT JSON_ARRAYAGG(JSON_OBJECT('receipt', BIN_TO_UUID(lease.claim_id))) INTO v_claims
    FROM (
        SELECT c.claim_id
        FROM celers_claim AS c FORCE INDEX (ix_claim_lease)
        WHERE c.lease_expires_at >= p_mark_at AND c.lease_expires_at <= v_now
        ORDER BY c.lease_expires_at
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    ) AS lease;
    SET p_count = COALESCE(JSON_LENGTH(v_claims), 0);
    IF p_count > 0 THEN
        SELECT JSON_ARRAYAGG(JSON_OBJECT(
            'id', BIN_TO_UUID(lost.id),
            'outcome', CASE
                WHEN lost.cancel_requested_at IS NOT NULL THEN 'cancelled'
                WHEN lost.crashes >= COALESCE(q.max_crashes, d.max_crashes) THEN 'dead'
                ELSE 'crashed'
            END,
            'reason', 'crashed',
            'delay_us', 0,
            'error', CONCAT('LeaseExpired: worker ', lost.worker_id, ' did not extend its lease')
        )) INTO v_verdicts
        FROM (
            SELECT
                u.id,
                u.queue,
                u.crashes,
                u.cancel_requested_at,
                c.worker_id
            FROM JSON_TABLE(v_claims, '$[*]' COLUMNS (receipt CHAR(36) PATH '$.receipt')) AS lease
            STRAIGHT_JOIN celers_claim AS c FORCE INDEX (PRIMARY)
                ON c.claim_id = UUID_TO_BIN(lease.receipt)
            STRAIGHT_JOIN celers_running AS u FORCE INDEX (ix_running_claim)
                ON u.claim_id = c.claim_id
            LIMIT 1000
            FOR UPDATE OF u SKIP LOCKED
        ) AS lost
        STRAIGHT_JOIN celers_queue AS d ON d.queue = '*'
        LEFT JOIN celers_queue AS q ON q.queue = lost.queue;
        CALL _celers_end_attempts(v_verdicts, v_now);
        CALL _celers_close_claims(v_claims);
    END IF;
    CALL _celers_next_mark(v_now, p_count >= p_limit, p_mark_at);
END;
