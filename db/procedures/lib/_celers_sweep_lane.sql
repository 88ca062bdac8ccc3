-- _celers_sweep_lane: time the look at the head of a lane, and find what lies below its mark.
--
-- Params
--   p_queue     str
--   p_priority  int
--   p_limit     int
--   p_count     int  OUT: rows put to the tail
-- Writes   celers_mark, celers_ready, celers_task
-- Errors   none
CREATE PROCEDURE _celers_sweep_lane (
    IN p_queue VARCHAR(64),
    IN p_priority INT,
    IN p_limit INT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'time the look at the head of a lane, and find what lies below its mark'
BEGIN
    DECLARE v_head_at DATETIME(6);
    DECLARE v_first_at DATETIME(6);
    DECLARE v_started_at DATETIME(6);
    DECLARE v_first_us INT;
    DECLARE v_look_us INT;

    -- SELECT INTO reads without locks; a subquery in SET would lock what it reads
    SELECT head_at INTO v_head_at
    FROM celers_mark
    WHERE queue = p_queue AND priority = p_priority;
    -- twice: the shorter of two looks was not held up by something else
    SET v_started_at = SYSDATE(6);
    SELECT IF(attempt IS NULL, NULL, due_at) INTO v_first_at
    FROM celers_ready FORCE INDEX (PRIMARY)
    WHERE queue = p_queue AND priority = p_priority
    ORDER BY due_at
    LIMIT 1;
    SET v_look_us = TIMESTAMPDIFF(MICROSECOND, v_started_at, SYSDATE(6));
    IF v_look_us > 300 THEN
        SET v_first_us = v_look_us;
        SET v_started_at = SYSDATE(6);
        SELECT IF(attempt IS NULL, NULL, due_at) INTO v_first_at
        FROM celers_ready FORCE INDEX (PRIMARY)
        WHERE queue = p_queue AND priority = p_priority
        ORDER BY due_at
        LIMIT 1;
        SET v_look_us = LEAST(v_first_us, TIMESTAMPDIFF(MICROSECOND, v_started_at, SYSDATE(6)));
    END IF;

    SET p_count = 0;
    IF v_first_at < v_head_at THEN
        CALL _celers_rehome(p_queue, p_priority, v_head_at, p_limit, p_count);
    END IF;
    IF v_look_us > 300 AND v_head_at IS NULL THEN
        INSERT IGNORE INTO celers_mark (queue, priority, head_at)
        VALUES (p_queue, p_priority, '2000-01-01');
    ELSEIF v_look_us <= 300 AND v_head_at IS NOT NULL THEN
        DELETE FROM celers_mark WHERE queue = p_queue AND priority = p_priority;
    END IF;
END;
