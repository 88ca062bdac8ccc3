-- _celers_insert_each: write the tasks of a batch one by one.
--
-- Params
--   p_queue    str
--   p_tasks    json  array of items
--   p_options  str   options that hold for all items
--   p_ids      json  OUT: array of [task_id, created]
-- Writes   celers_task, celers_ready, celers_scheduled, celers_expiry
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID, QUEUE_NAME_INVALID,
--          TASK_NAME_INVALID, PAYLOAD_INVALID, PAYLOAD_TOO_LARGE, TASK_ID_REUSED, ITEMS_INVALID
CREATE PROCEDURE _celers_insert_each (
    IN p_queue VARCHAR(1000),
    IN p_tasks JSON,
    IN p_options LONGTEXT,
    OUT p_ids JSON
)
MODIFIES SQL DATA
COMMENT 'write the tasks of a batch one by one'
BEGIN
    DECLARE v_order JSON;
    DECLARE v_nth INT DEFAULT 0;
    DECLARE v_ordinal INT;
    DECLARE v_item JSON;
    DECLARE v_type VARCHAR(20);
    DECLARE v_options JSON;
    DECLARE v_payload LONGBLOB;
    DECLARE v_id BINARY(16);
    DECLARE v_created BOOLEAN;
    DECLARE v_due_at DATETIME(6);
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);

    CALL _celers_check_options(
        p_options,
        CONCAT(
            '["priority", "due_at", "delay_s", "max_retries", "retry", "timeout_s", "expires_s",',
            ' "headers", "content_type"]'
        )
    );
    -- in the order of the ids: of two batches with the same ids one waits for the other
    SELECT
        COALESCE(JSON_ARRAYAGG(item.ordinal - 1), JSON_ARRAY()),
        COALESCE(JSON_ARRAYAGG(NULL), JSON_ARRAY())
    INTO v_order, p_ids
    FROM (
        SELECT given.ordinal
        FROM JSON_TABLE(p_tasks, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            task_id VARCHAR(1000) PATH '$.task_id'
        )) AS given
        ORDER BY given.task_id, given.ordinal
        LIMIT 1000
    ) AS item;
    WHILE v_nth < JSON_LENGTH(v_order) DO
        SET v_ordinal = JSON_EXTRACT(v_order, CONCAT('$[', v_nth, ']'));
        SET v_item = JSON_EXTRACT(p_tasks, CONCAT('$[', v_ordinal, ']'));
        SET v_type = JSON_TYPE(v_item);
        IF v_type <> 'OBJECT' THEN
            CALL _celers_raise('ITEMS_INVALID', CONCAT('item ', v_ordinal + 1));
        END IF;
        IF JSON_CONTAINS_PATH(v_item, 'one', '$.payload_base64') THEN
            SET v_payload = FROM_BASE64(JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.payload_base64')));
        ELSE
            SET v_payload = JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.payload'));
        END IF;
        SET v_options = JSON_REMOVE(v_item, '$.task_name', '$.payload', '$.payload_base64');
        -- the time of an item replaces the time of the batch, in whichever form
        IF JSON_CONTAINS_PATH(v_options, 'one', '$.due_at', '$.delay_s') THEN
            SET v_options = JSON_MERGE_PATCH('{"due_at": null, "delay_s": null}', v_options);
        END IF;
        CALL _celers_insert_task(
            p_queue, JSON_VALUE(v_item, '$.task_name' RETURNING CHAR(1000)), v_payload,
            JSON_MERGE_PATCH(COALESCE(p_options, '{}'), v_options),
            v_ordinal, v_now, v_id, v_created, v_due_at
        );
        SET p_ids = JSON_SET(
            p_ids, CONCAT('$[', v_ordinal, ']'), JSON_ARRAY(BIN_TO_UUID(v_id), v_created)
        );
        SET v_nth = v_nth + 1;
    END WHILE;
END;
