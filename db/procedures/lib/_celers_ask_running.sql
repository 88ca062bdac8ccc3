-- _celers_ask_running: record the wish that running tasks be cancelled.
--
-- They are found by a scan that locks nothing, then locked by their keys in order.
--
-- Params
--   p_ids     json      array of {"id"}
--   p_reason  str       why; the first one that is given stays
--   p_now     datetime
-- Writes   celers_running
-- Errors   none
CREATE PROCEDURE _celers_ask_running (
    IN p_ids JSON,
    IN p_reason LONGTEXT,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'record the wish that running tasks be cancelled'
BEGIN
    DECLARE v_keys JSON;

    SELECT JSON_ARRAYAGG(JSON_OBJECT('id', item.id, 'receipt', BIN_TO_UUID(u.claim_id))) INTO v_keys
    FROM JSON_TABLE(p_ids, '$[*]' COLUMNS (id CHAR(36) PATH '$.id')) AS item
    INNER JOIN celers_running AS u ON u.id = UUID_TO_BIN(item.id);
    IF v_keys IS NOT NULL THEN
        UPDATE (
            SELECT
                UUID_TO_BIN(item.receipt) AS receipt,
                UUID_TO_BIN(item.id) AS id
            FROM JSON_TABLE(v_keys, '$[*]' COLUMNS (
                id CHAR(36) PATH '$.id',
                receipt CHAR(36) PATH '$.receipt'
            )) AS item
            ORDER BY receipt, id
            LIMIT 1000
        ) AS given
        STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
            ON u.claim_id = given.receipt AND u.id = given.id
        SET
            u.cancel_requested_at = COALESCE(u.cancel_requested_at, p_now),
            u.cancel_reason = COALESCE(u.cancel_reason, p_reason);
    END IF;
END;
