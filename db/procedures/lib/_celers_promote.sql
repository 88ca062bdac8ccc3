-- _celers_promote: move scheduled tasks that are due to ready, at the tail.
--
-- They keep the order of their due times: ready.due_at is now plus their place in microseconds.
-- Below p_mark_at everything was seen to be gone; now and then, and after the clock went back, the
-- scan begins at the very start.
--
-- Params
--   p_limit    int
--   p_mark_at  datetime  INOUT
--   p_count    int       OUT
-- Writes   celers_ready, celers_scheduled, celers_task
-- Errors   none
CREATE PROCEDURE _celers_promote (
    IN p_limit INT,
    INOUT p_mark_at DATETIME(6),
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'move scheduled tasks that are due to ready, at the tail'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_ids JSON;

    CALL _celers_rewind_mark(p_mark_at);
    SELECT JSON_ARRAYAGG(JSON_OBJECT('due_at', due.due_at, 'id', BIN_TO_UUID(due.id))) INTO v_ids
    FROM (
        SELECT
            s.due_at,
            s.id,
            s.attempt
        FROM celers_scheduled AS s FORCE INDEX (PRIMARY)
        WHERE s.due_at >= p_mark_at AND s.due_at <= v_now
        ORDER BY s.due_at, s.id
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    ) AS due;
    SET p_count = COALESCE(JSON_LENGTH(v_ids), 0);
    IF p_count > 0 THEN
        CALL _celers_promote_rows(v_ids, v_now);
    END IF;
    CALL _celers_next_mark(v_now, p_count >= p_limit, p_mark_at);
END;
