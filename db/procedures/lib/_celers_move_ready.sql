-- _celers_move_ready: move locked ready rows to the tail of a lane of their queue.
--
-- Params
--   p_rows  json      array of {"queue", "priority", "due_at", "id", "to": its new priority}
--   p_now   datetime
-- Writes   celers_ready, celers_task
-- Errors   none
CREATE PROCEDURE _celers_move_ready (
    IN p_rows JSON,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'move locked ready rows to the tail of a lane of their queue'
BEGIN
    INSERT INTO celers_ready (
        queue, priority, due_at, id, ready_at, attempt, errors, crashes, expires_at
    )
    SELECT
        r.queue,
        moved.lane,
        p_now + INTERVAL moved.ordinal MICROSECOND,
        r.id,
        r.ready_at,
        r.attempt,
        r.errors,
        r.crashes,
        r.expires_at
    FROM JSON_TABLE(p_rows, '$[*]' COLUMNS (
        ordinal FOR ORDINALITY,
        queue VARCHAR(64) PATH '$.queue',
        priority SMALLINT PATH '$.priority',
        due_at DATETIME(6) PATH '$.due_at',
        id CHAR(36) PATH '$.id',
        lane SMALLINT PATH '$.to'
    )) AS moved
    STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = moved.queue AND r.priority = moved.priority
        AND r.due_at = moved.due_at AND r.id = UUID_TO_BIN(moved.id);

    -- in the order of the ids, as whoever inserts tasks
    UPDATE (
        SELECT
            given.ordinal,
            UUID_TO_BIN(given.id) AS id,
            given.lane
        FROM JSON_TABLE(p_rows, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            id CHAR(36) PATH '$.id',
            lane SMALLINT PATH '$.to'
        )) AS given
        ORDER BY id
        LIMIT 1000
    ) AS moved
    STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = moved.id
    SET t.due_at = p_now + INTERVAL moved.ordinal MICROSECOND, t.priority = moved.lane;

    DELETE r
    FROM JSON_TABLE(p_rows, '$[*]' COLUMNS (
        queue VARCHAR(64) PATH '$.queue',
        priority SMALLINT PATH '$.priority',
        due_at DATETIME(6) PATH '$.due_at',
        id CHAR(36) PATH '$.id'
    )) AS moved
    STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = moved.queue AND r.priority = moved.priority
        AND r.due_at = moved.due_at AND r.id = UUID_TO_BIN(moved.id);
END;
