-- _celers_insert_task: check one task and write it and its pointer.
--
-- An id that stands already is answered with what stands, if queue, name and payload are equal:
-- so a repeated call enqueues once. The caller has begun the transaction.
--
-- Params
--   p_queue      str
--   p_task_name  str
--   p_payload    bytes
--   p_options    str       options of celers_enqueue
--   p_ordinal    int       place in a batch, 0-based: microseconds that keep the order of the batch
--   p_now        datetime  of the whole batch
--   p_id         bytes     OUT
--   p_created    bool      OUT: 0 when an equal task already stood
--   p_due_at     datetime  OUT
-- Writes   celers_task, celers_ready, celers_scheduled, celers_expiry
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID, QUEUE_NAME_INVALID,
--          TASK_NAME_INVALID, PAYLOAD_INVALID, PAYLOAD_TOO_LARGE, TASK_ID_REUSED
CREATE PROCEDURE _celers_insert_task (
    IN p_queue VARCHAR(1000),
    IN p_task_name VARCHAR(1000),
    IN p_payload LONGBLOB,
    IN p_options LONGTEXT,
    IN p_ordinal INT,
    IN p_now DATETIME(6),
    OUT p_id BINARY(16),
    OUT p_created BOOLEAN,
    OUT p_due_at DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'check one task and write it and its pointer'
BEGIN
    DECLARE v_options JSON;
    DECLARE v_id TEXT;
    DECLARE v_priority BIGINT DEFAULT 0;
    DECLARE v_max_retries BIGINT;
    DECLARE v_timeout_s BIGINT;
    DECLARE v_expires_at DATETIME(6);
    DECLARE v_content_type TEXT;
    DECLARE v_headers LONGTEXT;
    DECLARE v_retry JSON;
    DECLARE v_text LONGTEXT;
    DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('OPTIONS_INVALID', NULL);

    SET p_due_at = p_now;
    IF p_options IS NOT NULL THEN
        SET v_options = p_options;
        SET v_id = JSON_VALUE(v_options, '$.task_id');
        -- most calls bring nothing but the id: the rest costs as much as an insert
        IF v_id IS NULL OR JSON_LENGTH(v_options) > 1 THEN
            CALL _celers_task_options(
                v_options, p_now, v_priority, p_due_at, v_max_retries, v_timeout_s, v_expires_at,
                v_content_type, v_headers, v_retry
            );
        END IF;
    END IF;
    IF v_id IS NULL THEN
        -- UUIDv7: 48 bits of milliseconds, version, 74 random bits
        SET p_id = UNHEX(CONCAT(
            LPAD(HEX(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000), 12, '0'),
            '7', LEFT(HEX(RANDOM_BYTES(2)), 3), HEX(128 + FLOOR(RAND() * 64)), HEX(RANDOM_BYTES(7))
        ));
    ELSEIF IS_UUID(v_id) THEN
        SET p_id = UUID_TO_BIN(v_id);
    ELSE
        CALL _celers_raise('UUID_INVALID', LEFT(v_id, 40));
    END IF;
    SET p_due_at = p_due_at + INTERVAL p_ordinal MICROSECOND;
    CALL _celers_check_task(p_queue, p_task_name, p_payload, v_content_type, v_text);

    BEGIN
        DECLARE EXIT HANDLER FOR 1062
            CALL _celers_find_twin(p_id, p_queue, p_task_name, p_payload, p_created, p_due_at);
        INSERT INTO celers_task (
            id, queue, task_name, priority, due_at, created_at, base_priority, max_retries,
            timeout_s, expires_at, retry, headers, content_type, payload, payload_binary
        ) VALUES (
            p_id, p_queue, p_task_name, v_priority, p_due_at, p_now, v_priority, v_max_retries,
            v_timeout_s, v_expires_at, v_retry, v_headers, v_content_type, v_text,
            IF(v_text IS NULL, p_payload, NULL)
        );
        CALL _celers_insert_pointer(p_id, p_queue, v_priority, p_due_at, p_now, v_expires_at);
        SET p_created = TRUE;
    END;
END;
