-- _celers_purge_pending: delete tasks of a queue that wait, those at the tail first.
--
-- Claims and promotions begin at the head: they are not held up, nor do they walk over what was
-- deleted. What somebody holds is passed over. Scheduled tasks are found without locks first, since
-- those of other queues stand between them.
--
-- Params
--   p_queue  str
--   p_state  str  ready or scheduled, NULL = both
--   p_limit  int
--   p_count  int  OUT
-- Writes   celers_ready, celers_scheduled, celers_attempt, celers_result, celers_progress,
--          celers_expiry, celers_finished, celers_dead, celers_task
-- Errors   none
CREATE PROCEDURE _celers_purge_pending (
    IN p_queue VARCHAR(64),
    IN p_state VARCHAR(20),
    IN p_limit INT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'delete tasks of a queue that wait, those at the tail first'
BEGIN
    DECLARE v_ready JSON;
    DECLARE v_scheduled JSON;
    DECLARE v_ids JSON;

    IF COALESCE(p_state, 'ready') = 'ready' THEN
        SELECT JSON_ARRAYAGG(JSON_OBJECT(
            'priority', tail.priority, 'due_at', tail.due_at, 'id', BIN_TO_UUID(tail.id)
        )) INTO v_ready
        FROM (
            SELECT
                r.priority,
                r.due_at,
                r.id,
                r.attempt
            FROM celers_ready AS r FORCE INDEX (PRIMARY)
            WHERE r.queue = p_queue
            ORDER BY r.priority, r.due_at DESC, r.id DESC
            LIMIT p_limit
            FOR UPDATE SKIP LOCKED
        ) AS tail;
    END IF;
    SET p_limit = p_limit - COALESCE(JSON_LENGTH(v_ready), 0);
    IF COALESCE(p_state, 'scheduled') = 'scheduled' AND p_limit > 0 THEN
        SELECT JSON_ARRAYAGG(JSON_OBJECT('due_at', tail.due_at, 'id', BIN_TO_UUID(tail.id)))
        INTO v_scheduled
        FROM (
            -- walks what is scheduled in all queues, on purpose
            SELECT
                s.due_at,
                s.id
            FROM celers_scheduled AS s FORCE INDEX (PRIMARY)
            WHERE s.queue = p_queue
            ORDER BY s.due_at DESC, s.id DESC
            LIMIT p_limit
        ) AS tail;
        SELECT JSON_ARRAYAGG(JSON_OBJECT('due_at', s.due_at, 'id', BIN_TO_UUID(s.id)))
        INTO v_scheduled
        FROM JSON_TABLE(v_scheduled, '$[*]' COLUMNS (
            due_at DATETIME(6) PATH '$.due_at',
            id CHAR(36) PATH '$.id'
        )) AS tail
        STRAIGHT_JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
            ON s.due_at = tail.due_at AND s.id = UUID_TO_BIN(tail.id)
        FOR UPDATE OF s SKIP LOCKED;
    END IF;
    DELETE r
    FROM JSON_TABLE(v_ready, '$[*]' COLUMNS (
        priority SMALLINT PATH '$.priority',
        due_at DATETIME(6) PATH '$.due_at',
        id CHAR(36) PATH '$.id'
    )) AS tail
    STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = p_queue AND r.priority = tail.priority
        AND r.due_at = tail.due_at AND r.id = UUID_TO_BIN(tail.id);
    DELETE s
    FROM JSON_TABLE(v_scheduled, '$[*]' COLUMNS (
        due_at DATETIME(6) PATH '$.due_at',
        id CHAR(36) PATH '$.id'
    )) AS tail
    STRAIGHT_JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
        ON s.due_at = tail.due_at AND s.id = UUID_TO_BIN(tail.id);
    -- in the order of the ids, as whoever inserts tasks
    SELECT JSON_ARRAYAGG(gone.id) INTO v_ids
    FROM (
        SELECT item.id
        FROM JSON_TABLE(
            JSON_MERGE_PRESERVE(COALESCE(v_ready, '[]'), COALESCE(v_scheduled, '[]')),
            '$[*]' COLUMNS (id CHAR(36) PATH '$.id')
        ) AS item
        ORDER BY item.id
        LIMIT 1000
    ) AS gone;
    CALL _celers_forget(v_ids);
    SET p_count = COALESCE(JSON_LENGTH(v_ids), 0);
END;
