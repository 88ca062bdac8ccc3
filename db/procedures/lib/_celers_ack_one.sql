-- _celers_ack_one: end one task as completed, if the receipt still holds it.
--
-- Params
--   p_id        bytes
--   p_receipt   bytes
--   p_now       datetime
--   p_is_acked  bool      OUT
-- Writes   celers_finished, celers_running, celers_claim
-- Errors   none
CREATE PROCEDURE _celers_ack_one (
    IN p_id BINARY(16),
    IN p_receipt BINARY(16),
    IN p_now DATETIME(6),
    OUT p_is_acked BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'end one task as completed, if the receipt still holds it'
BEGIN
    INSERT INTO celers_finished (
        id, queue, state, priority, attempt, errors, crashes, ready_at, started_at, finished_at,
        claim_id, worker_id
    )
    SELECT
        u.id,
        u.queue,
        'completed',
        u.priority,
        u.attempt,
        u.errors,
        u.crashes,
        u.ready_at,
        c.claimed_at,
        p_now,
        u.claim_id,
        c.worker_id
    FROM celers_running AS u FORCE INDEX (PRIMARY)
    STRAIGHT_JOIN celers_claim AS c FORCE INDEX (PRIMARY) ON c.claim_id = u.claim_id
    WHERE u.id = p_id AND u.claim_id = p_receipt
    FOR UPDATE OF u;
    SET p_is_acked = ROW_COUNT() > 0;
    IF p_is_acked THEN
        DELETE FROM celers_running WHERE id = p_id;
        CALL _celers_close_claim(p_receipt);
    END IF;
END;
