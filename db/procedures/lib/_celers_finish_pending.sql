-- _celers_finish_pending: end tasks that wait and whose pointers are locked.
--
-- Params
--   p_pending  json      array of {"id"} from _celers_lock_pending, NULL = none
--   p_state    str       cancelled or expired
--   p_error    str       why
--   p_now      datetime
-- Writes   celers_finished, celers_ready, celers_scheduled
-- Errors   none
CREATE PROCEDURE _celers_finish_pending (
    IN p_pending JSON,
    IN p_state VARCHAR(20),
    IN p_error LONGTEXT,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'end tasks that wait and whose pointers are locked'
BEGIN
    IF p_pending IS NOT NULL THEN
        INSERT INTO celers_finished (
            id, queue, state, priority, attempt, errors, crashes, finished_at, error
        )
        SELECT
            t.id,
            t.queue,
            p_state,
            t.priority,
            COALESCE(r.attempt, s.attempt),
            COALESCE(r.errors, s.errors),
            COALESCE(r.crashes, s.crashes),
            p_now,
            p_error
        FROM JSON_TABLE(p_pending, '$[*]' COLUMNS (id CHAR(36) PATH '$.id')) AS item
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = UUID_TO_BIN(item.id)
        LEFT JOIN celers_ready AS r FORCE INDEX (PRIMARY)
            ON r.queue = t.queue AND r.priority = t.priority AND r.due_at = t.due_at AND r.id = t.id
        LEFT JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
            ON s.due_at = t.due_at AND s.id = t.id;
        DELETE r
        FROM JSON_TABLE(p_pending, '$[*]' COLUMNS (id CHAR(36) PATH '$.id')) AS item
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = UUID_TO_BIN(item.id)
        STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
            ON r.queue = t.queue AND r.priority = t.priority
            AND r.due_at = t.due_at AND r.id = t.id;
        DELETE s
        FROM JSON_TABLE(p_pending, '$[*]' COLUMNS (id CHAR(36) PATH '$.id')) AS item
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = UUID_TO_BIN(item.id)
        STRAIGHT_JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
            ON s.due_at = t.due_at AND s.id = t.id;
    END IF;
END;
