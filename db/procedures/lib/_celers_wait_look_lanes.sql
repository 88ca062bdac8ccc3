-- _celers_wait_look_lanes: tell which queue has a task, from the low-water marks on.
--
-- While purge lags behind, a plain look would walk what is dead. A lane is a queue and a priority;
-- what lies between two lanes with marks is looked at too, as a claim does.
--
-- Params
--   p_list   json  array of names, in order of preference
--   p_queue  str   OUT: the first one that has a task; NULL = none has
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_wait_look_lanes (
    IN p_list JSON,
    OUT p_queue VARCHAR(64)
)
READS SQL DATA
COMMENT 'tell which queue has a task, from the low-water marks on'
BEGIN
    DECLARE v_index INT DEFAULT 0;
    DECLARE v_queue VARCHAR(64);
    DECLARE v_above INT;
    DECLARE v_priority INT;
    DECLARE v_head_at DATETIME(6);

    SET p_queue = NULL;
    WHILE p_queue IS NULL AND v_index < JSON_LENGTH(p_list) DO
        SET v_queue = JSON_UNQUOTE(JSON_EXTRACT(p_list, CONCAT('$[', v_index, ']')));
        SET v_above = 32768;
        REPEAT
            SET v_priority = NULL;
            SELECT
                priority,
                head_at
            INTO v_priority, v_head_at
            FROM celers_mark
            WHERE queue = v_queue AND priority < v_above
            ORDER BY priority DESC
            LIMIT 1;
            -- attempt stands outside the key: for columns of the key alone the optimizer scans all
            -- of an index that its statistics call empty, dead rows included
            SELECT IF(r.attempt IS NULL, NULL, r.queue) INTO p_queue
            FROM celers_ready AS r FORCE INDEX (PRIMARY)
            WHERE
                r.queue = v_queue
                AND (
                    (r.priority < v_above AND r.priority > COALESCE(v_priority, -32769))
                    OR (r.priority = v_priority AND r.due_at >= v_head_at)
                )
            LIMIT 1;
            SET v_above = v_priority;
        UNTIL p_queue IS NOT NULL OR v_priority IS NULL END REPEAT;
        SET v_index = v_index + 1;
    END WHILE;
END;
