-- _celers_ack_claim: end all tasks of a claim as completed, if there are as many as is said.
--
-- Rows are locked in the order of their keys. They are one range of the key: no list of them is
-- read, and none is looked up by itself.
--
-- Params
--   p_receipt   bytes
--   p_count     int    tasks that are to be there
--   p_is_whole  bool   OUT: they were, and are completed; else nothing is changed
-- Writes   celers_finished, celers_running
-- Errors   none
CREATE PROCEDURE _celers_ack_claim (
    IN p_receipt BINARY(16),
    IN p_count BIGINT,
    OUT p_is_whole BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'end all tasks of a claim as completed, if there are as many as is said'
BEGIN
    SAVEPOINT celers_ack_claim;
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
        UTC_TIMESTAMP(6),
        u.claim_id,
        u.worker_id
    FROM celers_running AS u FORCE INDEX (PRIMARY)
    WHERE u.claim_id = p_receipt
    FOR UPDATE;
    SET p_is_whole = ROW_COUNT() = p_count;
    IF p_is_whole THEN
        DELETE u
        FROM celers_running AS u FORCE INDEX (PRIMARY)
        WHERE u.claim_id = p_receipt;
    ELSE
        ROLLBACK TO SAVEPOINT celers_ack_claim;
    END IF;
END;
