-- _celers_send_back: put the tasks that shall run again where they wait.
--
-- Params
--   p_verdicts  json      see _celers_end_attempts
--   p_now       datetime
-- Writes   celers_attempt, celers_scheduled, celers_ready, celers_task
-- Errors   none
CREATE PROCEDURE _celers_send_back (
    IN p_verdicts JSON,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'put the tasks that shall run again where they wait'
BEGIN
    INSERT INTO celers_attempt (
        id, attempt, outcome, claim_id, worker_id, ready_at, started_at, ended_at, due_at, error
    )
    SELECT
        u.id,
        u.attempt,
        v.outcome,
        u.claim_id,
        u.worker_id,
        u.ready_at,
        u.claimed_at,
        p_now,
        p_now + INTERVAL v.delay_us MICROSECOND,
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
    WHERE v.outcome IN ('retried', 'crashed', 'released');

    INSERT INTO celers_scheduled (
        due_at, id, queue, priority, attempt, errors, crashes, expires_at
    )
    SELECT
        p_now + INTERVAL v.delay_us MICROSECOND,
        u.id,
        u.queue,
        u.priority,
        u.attempt,
        u.errors + (v.outcome = 'retried'),
        u.crashes + (v.outcome = 'crashed'),
        NULL
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
    WHERE v.outcome IN ('retried', 'crashed', 'released') AND v.delay_us > 0;

    INSERT INTO celers_ready (
        queue, priority, due_at, id, ready_at, attempt, errors, crashes, expires_at
    )
    SELECT
        u.queue,
        u.priority,
        p_now,
        u.id,
        p_now,
        u.attempt,
        u.errors + (v.outcome = 'retried'),
        u.crashes + (v.outcome = 'crashed'),
        NULL
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
    WHERE v.outcome IN ('retried', 'crashed', 'released') AND v.delay_us = 0;
    CALL _celers_readdress(p_verdicts, p_now);
END;
