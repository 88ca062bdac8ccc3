-- _celers_insert_pointer: put a new task where it waits, ready or scheduled.
--
-- Params
--   p_id          bytes
--   p_queue       str
--   p_priority    int
--   p_due_at      datetime
--   p_now         datetime
--   p_expires_at  datetime  NULL = never
-- Writes   celers_ready, celers_scheduled, celers_expiry
-- Errors   none
CREATE PROCEDURE _celers_insert_pointer (
    IN p_id BINARY(16),
    IN p_queue VARCHAR(64),
    IN p_priority SMALLINT,
    IN p_due_at DATETIME(6),
    IN p_now DATETIME(6),
    IN p_expires_at DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'put a new task where it waits, ready or scheduled'
BEGIN
    -- within a millisecond it is the place in a batch, not a wish to wait
    IF p_due_at <= p_now + INTERVAL 1000 MICROSECOND THEN
        INSERT INTO celers_ready (
            queue, priority, due_at, id, ready_at, attempt, errors, crashes, expires_at
        ) VALUES (
            p_queue, p_priority, p_due_at, p_id, p_due_at, 0, 0, 0, p_expires_at
        );
    ELSE
        INSERT INTO celers_scheduled (
            due_at, id, queue, priority, attempt, errors, crashes, expires_at
        ) VALUES (
            p_due_at, p_id, p_queue, p_priority, 0, 0, 0, p_expires_at
        );
    END IF;
    IF p_expires_at IS NOT NULL THEN
        INSERT INTO celers_expiry (expires_at, id) VALUES (p_expires_at, p_id);
    END IF;
END;
