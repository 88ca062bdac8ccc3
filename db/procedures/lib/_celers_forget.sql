-- _celers_forget: delete tasks with all that belongs to them.
--
-- The caller has locked their end rows, or deleted their pointers.
--
-- Params
--   p_ids  json  array of ids, NULL = none
-- Writes   celers_finished, celers_dead, celers_attempt, celers_result, celers_progress,
--          celers_expiry, celers_task
-- Errors   none
CREATE PROCEDURE _celers_forget (
    IN p_ids JSON
)
MODIFIES SQL DATA
COMMENT 'delete tasks with all that belongs to them'
BEGIN
    IF p_ids IS NOT NULL THEN
        DELETE a
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$')) AS item
        STRAIGHT_JOIN celers_attempt AS a FORCE INDEX (PRIMARY) ON a.id = UUID_TO_BIN(item.id);
        DELETE s
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$')) AS item
        STRAIGHT_JOIN celers_result AS s FORCE INDEX (PRIMARY) ON s.id = UUID_TO_BIN(item.id);
        DELETE p
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$')) AS item
        STRAIGHT_JOIN celers_progress AS p FORCE INDEX (PRIMARY) ON p.id = UUID_TO_BIN(item.id);
        -- what is left of a deadline must not meet a new task with the same id
        DELETE e
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$')) AS item
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = UUID_TO_BIN(item.id)
        STRAIGHT_JOIN celers_expiry AS e FORCE INDEX (PRIMARY)
            ON e.expires_at = t.expires_at AND e.id = t.id;
        DELETE f
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$')) AS item
        STRAIGHT_JOIN celers_finished AS f FORCE INDEX (PRIMARY) ON f.id = UUID_TO_BIN(item.id);
        DELETE x
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$')) AS item
        STRAIGHT_JOIN celers_dead AS x FORCE INDEX (PRIMARY) ON x.id = UUID_TO_BIN(item.id);
        DELETE t
        FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$')) AS item
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = UUID_TO_BIN(item.id);
    END IF;
END;
