-- _celers_end_for_good: write the dead letters and the finished ones among the verdicts.
--
-- Params
--   p_verdicts  json      see _celers_end_attempts
--   p_now       datetime
-- Writes   celers_dead, celers_finished
-- Errors   none
CREATE PROCEDURE _celers_end_for_good (
    IN p_verdicts JSON,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'write the dead letters and the finished ones among the verdicts'
BEGIN
    INSERT INTO celers_dead (
        id, queue, reason, priority, attempt, errors, crashes, ready_at, started_at, died_at,
        claim_id, worker_id, error
    )
    SELECT
        u.id,
        u.queue,
        v.reason,
        u.priority,
        u.attempt,
        u.errors + (v.reason <> 'crashed'),
        u.crashes + (v.reason = 'crashed'),
        u.ready_at,
        u.claimed_at,
        p_now,
        u.claim_id,
        u.worker_id,
        v.error
    FROM JSON_TABLE(p_verdicts, '$[*]' COLUMNS (
        id CHAR(36) PATH '$.id',
        receipt CHAR(36) PATH '$.receipt',
        outcome VARCHAR(20) PATH '$.outcome',
        reason VARCHAR(20) PATH '$.reason',
        delay_us BIGINT PATH '$.delay_us',
        error LONGTEXT PATH '$.error'
    )) AS v
    STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
        ON u.claim_id = UUID_TO_BIN(v.receipt) AND u.id = UUID_TO_BIN(v.id)
    WHERE v.outcome = 'dead';

    INSERT INTO celers_finished (
        id, queue, state, priority, attempt, errors, crashes, ready_at, started_at, finished_at,
        claim_id, worker_id, error
    )
    SELECT
        u.id,
        u.queue,
        v.outcome,
        u.priority,
        u.attempt,
        u.errors + (v.outcome = 'failed'),
        u.crashes,
        u.ready_at,
        u.claimed_at,
        p_now,
        u.claim_id,
        u.worker_id,
        v.error
    FROM JSON_TABLE(p_verdicts, '$[*]' COLUMNS (
        id CHAR(36) PATH '$.id',
        receipt CHAR(36) PATH '$.receipt',
        outcome VARCHAR(20) PATH '$.outcome',
        reason VARCHAR(20) PATH '$.reason',
        delay_us BIGINT PATH '$.delay_us',
        error LONGTEXT PATH '$.error'
    )) AS v
    STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
        ON u.claim_id = UUID_TO_BIN(v.receipt) AND u.id = UUID_TO_BIN(v.id)
    WHERE v.outcome IN ('failed', 'cancelled');
END;
