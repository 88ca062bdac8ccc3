-- _celers_find_twin: answer an enqueue whose id stands already.
--
-- Params
--   p_id         bytes
--   p_queue      str
--   p_task_name  str
--   p_payload    bytes
--   p_created    bool      OUT: 0
--   p_due_at     datetime  OUT: when the standing task is or was due
-- Writes   none
-- Errors   TASK_ID_REUSED
CREATE PROCEDURE _celers_find_twin (
    IN p_id BINARY(16),
    IN p_queue VARCHAR(64),
    IN p_task_name VARCHAR(255),
    IN p_payload LONGBLOB,
    OUT p_created BOOLEAN,
    OUT p_due_at DATETIME(6)
)
READS SQL DATA
COMMENT 'answer an enqueue whose id stands already'
BEGIN
    -- a locking read: the twin may be younger than the snapshot of a caller's transaction
    SELECT due_at INTO p_due_at
    FROM celers_task
    WHERE
        id = p_id
        AND queue = p_queue
        AND task_name = p_task_name
        AND COALESCE(CAST(payload AS BINARY), payload_binary) = p_payload
    FOR SHARE;
    IF p_due_at IS NULL THEN
        CALL _celers_raise('TASK_ID_REUSED', BIN_TO_UUID(p_id));
    END IF;
    SET p_created = FALSE;
END;
