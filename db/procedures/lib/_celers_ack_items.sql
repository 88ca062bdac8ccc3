-- _celers_ack_items: end many tasks as completed, those whose receipts still hold them.
--
-- Params
--   p_items  json      array of {"task_id", "receipt", "result": JSON text, optional}
--   p_now    datetime
--   p_acked  int       OUT: how many it ended now
-- Writes   celers_finished, celers_running, celers_result
-- Errors   ITEMS_INVALID, RESULT_INVALID
CREATE PROCEDURE _celers_ack_items (
    IN p_items JSON,
    IN p_now DATETIME(6),
    OUT p_acked INT
)
MODIFIES SQL DATA
COMMENT 'end many tasks as completed, those whose receipts still hold them'
BEGIN
    DECLARE v_id BINARY(16);
    DECLARE v_receipt BINARY(16);
    DECLARE EXIT HANDLER FOR 1411, 3155, 3156, 3665, 3666
        CALL _celers_raise('ITEMS_INVALID', 'task_id, receipt');

    IF JSON_CONTAINS_PATH(p_items, 'one', '$[*].result') THEN
        CALL _celers_store_results(p_items, p_now);
    END IF;
    IF JSON_LENGTH(p_items) = 1 THEN
        SET v_id = UUID_TO_BIN(JSON_UNQUOTE(JSON_EXTRACT(p_items, '$[0].task_id')));
        SET v_receipt = UUID_TO_BIN(JSON_UNQUOTE(JSON_EXTRACT(p_items, '$[0].receipt')));
        IF v_id IS NULL OR v_receipt IS NULL THEN
            CALL _celers_raise('ITEMS_INVALID', 'task_id, receipt');
        END IF;
        CALL _celers_ack_one(v_id, v_receipt, p_now, p_acked);
    ELSE
        CALL _celers_ack_many(p_items, p_now, p_acked);
    END IF;
END;
