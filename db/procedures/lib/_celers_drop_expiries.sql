-- _celers_drop_expiries: delete the rows of celers_expiry whose tasks do not wait any more.
--
-- What somebody holds just now still waits, and is looked at again.
--
-- Params
--   p_ids  json  array of {"expires_at", "id"}
-- Writes   celers_expiry
-- Errors   none
CREATE PROCEDURE _celers_drop_expiries (
    IN p_ids JSON
)
MODIFIES SQL DATA
COMMENT 'delete the rows of celers_expiry whose tasks do not wait any more'
BEGIN
    DECLARE v_over JSON;

    SELECT JSON_ARRAYAGG(JSON_OBJECT('expires_at', late.expires_at, 'id', late.id)) INTO v_over
    FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (
        expires_at DATETIME(6) PATH '$.expires_at',
        id CHAR(36) PATH '$.id'
    )) AS late
    LEFT JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = UUID_TO_BIN(late.id)
    LEFT JOIN celers_ready AS r FORCE INDEX (PRIMARY)
        ON r.queue = t.queue AND r.priority = t.priority AND r.due_at = t.due_at AND r.id = t.id
        AND r.expires_at IS NOT NULL
    LEFT JOIN celers_scheduled AS s FORCE INDEX (PRIMARY)
        ON s.due_at = t.due_at AND s.id = t.id AND s.expires_at IS NOT NULL
    WHERE r.id IS NULL AND s.id IS NULL;
    DELETE e
    FROM JSON_TABLE(v_over, '$[*]' COLUMNS (
        expires_at DATETIME(6) PATH '$.expires_at',
        id CHAR(36) PATH '$.id'
    )) AS late
    STRAIGHT_JOIN celers_expiry AS e FORCE INDEX (PRIMARY)
        ON e.expires_at = late.expires_at AND e.id = UUID_TO_BIN(late.id);
END;
