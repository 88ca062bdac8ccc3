-- _celers_promote_rows: move locked scheduled tasks to ready.
--
-- Params
--   p_ids  json      array of {"due_at", "id"} in the order of due_at
--   p_now  datetime
-- Writes   celers_ready, celers_scheduled, celers_task
-- Errors   none
CREATE PROCEDURE _celers_promote_rows (
    IN p_ids JSON,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'move locked scheduled tasks to ready'
BEGIN
    INSERT INTO celers_ready (
        queue, priority, due_at, id, ready_at, attempt, errors, crashes, expires_at
    )
    SELECT
        s.queue,
        s.priority,
        p_now + INTERVAL due.ordinal MICROSECOND,
        s.id,
        s.due_at,
        s.attempt,
        s.errors,
        s.crashes,
        s.expires_at
    FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (
        ordinal FOR ORDINALITY,
        due_at DATETIME(6) PATH '$.due_at',
        id CHAR(36) PATH '$.id'
    )) AS due
    STRAIGHT_JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
        ON s.due_at = due.due_at AND s.id = UUID_TO_BIN(due.id);

    -- in the order of the ids, as whoever inserts tasks
    UPDATE (
        SELECT
            given.ordinal,
            UUID_TO_BIN(given.id) AS id
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            id CHAR(36) PATH '$.id'
        )) AS given
        ORDER BY id
        LIMIT 1000
    ) AS due
    STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = due.id
    SET t.due_at = p_now + INTERVAL due.ordinal MICROSECOND;

    DELETE s
    FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (
        due_at DATETIME(6) PATH '$.due_at',
        id CHAR(36) PATH '$.id'
    )) AS due
    STRAIGHT_JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
        ON s.due_at = due.due_at AND s.id = UUID_TO_BIN(due.id);
END;
