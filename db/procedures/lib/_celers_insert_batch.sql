-- _celers_insert_batch: write many well-formed new tasks in a few statements.
--
-- Whatever is unusual in an item (a bad value, an id that stands already, a key other than
-- task_id, task_name, payload, priority, max_retries, timeout_s and headers) or in the options
-- (a content type, headers to be merged with those of an item) leaves p_blank NULL and nothing
-- written: then the caller goes item by item through _celers_insert_task, which knows every case
-- and error by name.
--
-- Params
--   p_queue    str
--   p_tasks    json   array of items
--   p_options  str    options that hold for all items
--   p_blank    str    OUT: hexadecimal id of the items that bring none, without the three digits of
--                     their place, which go behind the 13th; NULL = nothing is written
-- Writes   celers_task, celers_ready, celers_scheduled, celers_expiry
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID
CREATE PROCEDURE _celers_insert_batch (
    IN p_queue VARCHAR(1000),
    IN p_tasks JSON,
    IN p_options LONGTEXT,
    OUT p_blank CHAR(29)
)
MODIFIES SQL DATA
COMMENT 'write many well-formed new tasks in a few statements'
whole: BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_is_plain BOOLEAN;
    DECLARE v_priority BIGINT;
    DECLARE v_due_at DATETIME(6);
    DECLARE v_max_retries BIGINT;
    DECLARE v_timeout_s BIGINT;
    DECLARE v_expires_at DATETIME(6);
    DECLARE v_headers JSON;
    DECLARE v_retry JSON;
    DECLARE EXIT HANDLER FOR 1048, 1062, 1264, 1366, 1406, 1411, 3155, 3156, 3666, 3157, 3819
    BEGIN
        ROLLBACK TO SAVEPOINT celers_batch;
        SET p_blank = NULL;
    END;

    SET p_blank = NULL;
    SAVEPOINT celers_batch;
    CALL _celers_batch_options(
        p_options, v_now, v_is_plain, v_priority, v_due_at, v_max_retries, v_timeout_s,
        v_expires_at, v_headers, v_retry
    );
    IF NOT v_is_plain OR p_queue NOT REGEXP '^[A-Za-z0-9_.:-]{1,64}\\z' THEN
        LEAVE whole;
    END IF;
    -- 48 bits of milliseconds, version 7, here the 12 bits of the place, 64 random bits
    SET p_blank = CONCAT(
        LPAD(HEX(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_now) DIV 1000), 12, '0'), '7',
        HEX(128 + FLOOR(RAND() * 64)), HEX(RANDOM_BYTES(7))
    );

    INSERT INTO celers_task (
        id, queue, task_name, priority, due_at, created_at, base_priority, max_retries, timeout_s,
        expires_at, retry, headers, payload
    )
    SELECT
        COALESCE(
            UUID_TO_BIN(item.task_id),
            UNHEX(INSERT(p_blank, 14, 0, LPAD(HEX(item.ordinal), 3, '0')))
        ),
        p_queue,
        -- NULL is refused by the table: a key that is not known here, or a name that is empty
        IF(
            JSON_LENGTH(item.whole)
            = 2 + (item.task_id IS NOT NULL) + (item.priority IS NOT NULL)
            + (item.max_retries IS NOT NULL) + (item.timeout_s IS NOT NULL)
            + (item.headers IS NOT NULL)
            AND COALESCE(item.max_retries, 0) BETWEEN 0 AND 1000
            AND COALESCE(item.timeout_s, 1) BETWEEN 1 AND 31536000
            AND COALESCE(JSON_TYPE(item.headers) COLLATE utf8mb4_0900_bin = 'OBJECT', TRUE)
            AND COALESCE(LENGTH(item.headers), 0) <= 65536
            AND (item.headers IS NULL OR v_headers IS NULL),
            NULLIF(item.task_name, ''), NULL
        ),
        COALESCE(item.priority, v_priority),
        v_due_at + INTERVAL item.ordinal - 1 MICROSECOND,
        v_now,
        COALESCE(item.priority, v_priority),
        COALESCE(item.max_retries, v_max_retries),
        COALESCE(item.timeout_s, v_timeout_s),
        v_expires_at,
        v_retry,
        COALESCE(item.headers, v_headers),
        IF(
            item.payload IS NULL,
            -- no string: as the server prints it
            IF(
                LENGTH(JSON_EXTRACT(item.whole, '$.payload')) <= 16777216,
                JSON_EXTRACT(item.whole, '$.payload'), NULL
            ) COLLATE utf8mb4_0900_bin,
            IF(JSON_VALID(item.payload) AND LENGTH(item.payload) <= 16777216, item.payload, NULL)
        )
    FROM JSON_TABLE(p_tasks, '$[*]' COLUMNS (
        ordinal FOR ORDINALITY,
        task_id VARCHAR(36) PATH '$.task_id' ERROR ON ERROR,
        task_name VARCHAR(255) PATH '$.task_name' ERROR ON ERROR,
        payload LONGTEXT PATH '$.payload' NULL ON ERROR,
        priority SMALLINT PATH '$.priority' ERROR ON ERROR,
        max_retries INT PATH '$.max_retries' ERROR ON ERROR,
        timeout_s BIGINT PATH '$.timeout_s' ERROR ON ERROR,
        headers JSON PATH '$.headers',
        whole JSON PATH '$'
    )) AS item
    -- of two batches with the same ids one waits for the other
    ORDER BY 1;

    CALL _celers_insert_pointers(
        p_tasks, p_queue, v_priority, v_due_at, v_now, v_expires_at, p_blank
    );
END;
