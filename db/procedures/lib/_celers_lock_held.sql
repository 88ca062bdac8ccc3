-- _celers_lock_held: lock the running tasks of the claims that a step brings, all in one order.
--
-- Acks, rejects, whole claims and extensions each lock in the order of the keys, but one list after
-- the other is in no order: a cancellation of the same tasks could hold one and wait for another.
-- So where a step brings more than one list, the claims are locked first. What is wrong in a list
-- is left to whoever works on it.
--
-- Params
--   p_acks     str   JSON array or NULL
--   p_rejects  str   JSON array or NULL
--   p_options  json  of celers_step
-- Writes   none
-- Errors   ITEMS_INVALID
CREATE PROCEDURE _celers_lock_held (
    IN p_acks LONGTEXT,
    IN p_rejects LONGTEXT,
    IN p_options JSON
)
READS SQL DATA
COMMENT 'lock the running tasks of the claims that a step brings, all in one order'
BEGIN
    DECLARE v_lists JSON DEFAULT JSON_ARRAY();
    DECLARE v_locked INT;
    DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('ITEMS_INVALID', 'no JSON');

    IF p_acks IS NOT NULL THEN
        SET v_lists = JSON_ARRAY_APPEND(v_lists, '$', CAST(p_acks AS JSON));
    END IF;
    IF p_rejects IS NOT NULL THEN
        SET v_lists = JSON_ARRAY_APPEND(v_lists, '$', CAST(p_rejects AS JSON));
    END IF;
    IF JSON_CONTAINS_PATH(p_options, 'one', '$.extend') THEN
        SET v_lists = JSON_ARRAY_APPEND(v_lists, '$', JSON_EXTRACT(p_options, '$.extend'));
    END IF;
    IF JSON_CONTAINS_PATH(p_options, 'one', '$.ack_claims') THEN
        SET v_lists = JSON_ARRAY_APPEND(
            v_lists, '$', COALESCE(JSON_KEYS(p_options, '$.ack_claims'), JSON_ARRAY())
        );
    END IF;
    IF JSON_LENGTH(v_lists) > 1 THEN
        SELECT COUNT(u.attempt) INTO v_locked
        FROM (
            SELECT DISTINCT UUID_TO_BIN(COALESCE(item.receipt, item.whole)) AS receipt
            FROM JSON_TABLE(v_lists, '$[*][*]' COLUMNS (
                receipt VARCHAR(36) PATH '$.receipt' NULL ON ERROR,
                whole VARCHAR(36) PATH '$' NULL ON ERROR
            )) AS item
            WHERE IS_UUID(COALESCE(item.receipt, item.whole))
            ORDER BY receipt
            LIMIT 3000
        ) AS given
        STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY) ON u.claim_id = given.receipt
        FOR UPDATE OF u;
    END IF;
END;
