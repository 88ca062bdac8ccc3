-- _celers_check_task: refuse a bad queue name, task name or payload.
--
-- Params
--   p_queue         str
--   p_task_name     str
--   p_payload       bytes
--   p_content_type  str    NULL = JSON
--   p_text          str    OUT: the payload as text, NULL if it is not text
-- Writes   none
-- Errors   QUEUE_NAME_INVALID, TASK_NAME_INVALID, PAYLOAD_INVALID, PAYLOAD_TOO_LARGE
CREATE PROCEDURE _celers_check_task (
    IN p_queue VARCHAR(1000),
    IN p_task_name VARCHAR(1000),
    IN p_payload LONGBLOB,
    IN p_content_type VARCHAR(1000),
    OUT p_text LONGTEXT
)
READS SQL DATA
COMMENT 'refuse a bad queue name, task name or payload'
BEGIN
    DECLARE EXIT HANDLER FOR 3157 CALL _celers_raise('PAYLOAD_INVALID', 'more than 100 levels');

    IF COALESCE(p_queue <> 'default' AND p_queue NOT REGEXP '^[A-Za-z0-9_.:-]{1,64}\\z', TRUE) THEN
        CALL _celers_raise('QUEUE_NAME_INVALID', LEFT(p_queue, 40));
    END IF;
    IF COALESCE(CHAR_LENGTH(p_task_name) NOT BETWEEN 1 AND 255, TRUE) THEN
        CALL _celers_raise('TASK_NAME_INVALID', LEFT(p_task_name, 40));
    END IF;
    IF LENGTH(p_payload) > 16777216 THEN
        CALL _celers_raise('PAYLOAD_TOO_LARGE', CONCAT(LENGTH(p_payload), ' bytes'));
    END IF;
    IF COALESCE(p_content_type IN ('application/json', 'text/plain'), TRUE) THEN
        SET p_text = CONVERT(p_payload USING utf8mb4);
        IF COALESCE(
            p_content_type <=> 'text/plain' AND p_text IS NULL
            OR NOT p_content_type <=> 'text/plain' AND NOT JSON_VALID(p_text), TRUE
        ) THEN
            CALL _celers_raise('PAYLOAD_INVALID', COALESCE(p_content_type, 'application/json'));
        END IF;
    ELSEIF p_payload IS NULL THEN
        CALL _celers_raise('PAYLOAD_INVALID', 'NULL');
    END IF;
END;
