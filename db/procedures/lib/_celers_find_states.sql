-- _celers_find_states: tell where many tasks are in their lives.
--
-- A pointer that is nowhere else is among what runs.
--
-- Params
--   p_ids     json  array of {"id"}
--   p_states  json  OUT: array of {"id", "state"}; state as _celers_find_state, or not_found
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_find_states (
    IN p_ids JSON,
    OUT p_states JSON
)
READS SQL DATA
COMMENT 'tell where many tasks are in their lives'
BEGIN
    SELECT JSON_ARRAYAGG(JSON_OBJECT('id', item.id, 'state', CASE
        WHEN t.id IS NULL THEN 'not_found'
        WHEN f.id IS NOT NULL THEN f.state
        WHEN x.id IS NOT NULL THEN 'dead'
        WHEN r.id IS NOT NULL OR s.id IS NOT NULL THEN 'pending'
        ELSE 'processing'
    END)) INTO p_states
    FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$.id')) AS item
    LEFT JOIN celers_task AS t ON t.id = UUID_TO_BIN(item.id)
    LEFT JOIN celers_finished AS f ON f.id = t.id
    LEFT JOIN celers_dead AS x ON x.id = t.id
    LEFT JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = t.queue AND r.priority = t.priority AND r.due_at = t.due_at AND r.id = t.id
    LEFT JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
        ON s.due_at = t.due_at AND s.id = t.id;
END;
