-- _celers_ack_one: end one task as completed, if the receipt still holds it.
--
-- Params
--   p_id        bytes
--   p_receipt   bytes
--   p_now       datetime
--   p_is_acked  bool      OUT
-- Writes   celers_finished, celers_running
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
        u.claimed_at,
        p_now,
        u.claim_id,
        u.worker_id
    FROM celers_running AS u FORCE INDEX (PRIMARY)
    WHERE u.claim_id = p_receipt AND u.id = p_id
    FOR UPDATE;
    SET p_is_acked = ROW_COUNT() > 0;
    IF p_is_acked THEN
        DELETE FROM celers_running WHERE claim_id = p_receipt AND id = p_id;
    END IF;
END;
