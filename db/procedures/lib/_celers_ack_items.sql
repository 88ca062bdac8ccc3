-- _celers_ack_items: end tasks as completed, those whose receipts still hold them.
--
-- Params
--   p_text     str   JSON array of {"task_id", "receipt", "result": JSON text, optional}
--   p_answers  json  OUT: as of _celers_answer where not all went as asked, else NULL
-- Writes   celers_finished, celers_running, celers_result
-- Errors   ITEMS_INVALID, RESULT_INVALID
CREATE PROCEDURE _celers_ack_items (
    IN p_text LONGTEXT,
    OUT p_answers JSON
)
MODIFIES SQL DATA
COMMENT 'end tasks as completed, those whose receipts still hold them'
whole: BEGIN
    DECLARE v_items JSON;
    DECLARE v_id BINARY(16);
    DECLARE v_receipt BINARY(16);
    DECLARE v_acked INT;
    DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('ITEMS_INVALID', 'no JSON');
    DECLARE EXIT HANDLER FOR 1411, 3155, 3156, 3665, 3666
        CALL _celers_raise('ITEMS_INVALID', 'task_id, receipt');

    SET v_items = p_text;
    IF JSON_LENGTH(v_items) = 1 AND JSON_LENGTH(v_items, '$[0]') = 2 THEN
        -- one task and nothing else: found by constant keys, in half the time
        SET v_id = UUID_TO_BIN(JSON_UNQUOTE(JSON_EXTRACT(v_items, '$[0].task_id')));
        SET v_receipt = UUID_TO_BIN(JSON_UNQUOTE(JSON_EXTRACT(v_items, '$[0].receipt')));
        INSERT INTO celers_finished (
            id, queue, state, priority, attempt, errors, crashes, ready_at, started_at,
            finished_at, claim_id, worker_id
        )
        SELECT
            u.id,
            u.queue,
            'completed',
            u.priority,
            u.attempt,
            u.errors,
            u.crashes,
            u.ready_at,
            u.claimed_at,
            UTC_TIMESTAMP(6),
            u.claim_id,
            u.worker_id
        FROM celers_running AS u FORCE INDEX (PRIMARY)
        WHERE u.claim_id = v_receipt AND u.id = v_id
        FOR UPDATE;
        IF ROW_COUNT() > 0 THEN
            DELETE FROM celers_running WHERE claim_id = v_receipt AND id = v_id;
            LEAVE whole;
        END IF;
    END IF;
    CALL _celers_check_items(p_text, v_items);
    IF EXISTS (
        SELECT 1
        FROM JSON_TABLE(v_items, '$[*]' COLUMNS (
            item JSON PATH '$',
            has_result INT EXISTS PATH '$.result'
        )) AS i
        WHERE JSON_LENGTH(i.item) > 2 + i.has_result
    ) THEN
        CALL _celers_raise('ITEMS_INVALID', 'a key that is not known');
    END IF;
    IF JSON_CONTAINS_PATH(v_items, 'one', '$[*].result') THEN
        CALL _celers_store_results(v_items, UTC_TIMESTAMP(6));
    END IF;
    CALL _celers_ack_many(v_items, UTC_TIMESTAMP(6), v_acked);
    IF v_acked < JSON_LENGTH(v_items) THEN
        CALL _celers_answer(v_items, p_answers);
    END IF;
END;
