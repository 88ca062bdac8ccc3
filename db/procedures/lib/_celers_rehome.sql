-- _celers_rehome: put ready rows below the mark of a lane to its tail.
--
-- Rows locked by somebody are left for the next sweep: they are being claimed or cancelled, or not
-- committed yet.
--
-- Params
--   p_queue     str
--   p_priority  int
--   p_head_at   datetime  the mark
--   p_limit     int
--   p_count     int       OUT
-- Writes   celers_ready, celers_task
-- Errors   none
CREATE PROCEDURE _celers_rehome (
    IN p_queue VARCHAR(64),
    IN p_priority INT,
    IN p_head_at DATETIME(6),
    IN p_limit INT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'put ready rows below the mark of a lane to its tail'
BEGIN
    DECLARE v_rows JSON;

    SELECT JSON_ARRAYAGG(JSON_OBJECT(
        'queue', p_queue, 'priority', p_priority, 'due_at', low.due_at, 'id', BIN_TO_UUID(low.id),
        'to', p_priority
    )) INTO v_rows
    FROM (
        SELECT
            r.due_at,
            r.id,
            r.attempt
        FROM celers_ready AS r FORCE INDEX (PRIMARY)
        WHERE r.queue = p_queue AND r.priority = p_priority AND r.due_at < p_head_at
        ORDER BY r.due_at, r.id
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    ) AS low;
    CALL _celers_move_ready(v_rows, UTC_TIMESTAMP(6));
    SET p_count = COALESCE(JSON_LENGTH(v_rows), 0);
END;
