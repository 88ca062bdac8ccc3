-- _celers_lock_late: lock the pointers of tasks that wait, but for those that somebody holds.
--
-- For maintenance: it waits for nobody. A task that was begun once has no expiry any more: NULL in
-- its pointer.
--
-- Params
--   p_ids      json  array of {"id"}
--   p_pending  json  OUT: array of the ids whose pointer is locked now, NULL = none
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_lock_late (
    IN p_ids JSON,
    OUT p_pending JSON
)
READS SQL DATA
COMMENT 'lock the pointers of tasks that wait, but for those that somebody holds'
BEGIN
    DECLARE v_ready JSON;
    DECLARE v_scheduled JSON;

    SELECT JSON_ARRAYAGG(JSON_OBJECT('id', BIN_TO_UUID(r.id))) INTO v_ready
    FROM (
        SELECT DISTINCT UUID_TO_BIN(item.id) AS id
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$.id')) AS item
        ORDER BY id
        LIMIT 1000
    ) AS given
    STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = given.id
    STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = t.queue AND r.priority = t.priority AND r.due_at = t.due_at AND r.id = t.id
        AND r.expires_at IS NOT NULL
    FOR UPDATE OF r SKIP LOCKED;

    SELECT JSON_ARRAYAGG(JSON_OBJECT('id', BIN_TO_UUID(s.id))) INTO v_scheduled
    FROM (
        SELECT DISTINCT UUID_TO_BIN(item.id) AS id
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$.id')) AS item
        ORDER BY id
        LIMIT 1000
    ) AS given
    STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = given.id
    STRAIGHT_JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
        ON s.due_at = t.due_at AND s.id = t.id AND s.expires_at IS NOT NULL
    FOR UPDATE OF s SKIP LOCKED;

    SET p_pending = NULLIF(
        JSON_MERGE_PRESERVE(COALESCE(v_ready, '[]'), COALESCE(v_scheduled, '[]')), JSON_ARRAY()
    );
END;
