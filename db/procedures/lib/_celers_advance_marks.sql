-- _celers_advance_marks: move the low-water marks of the lanes that have one.
--
-- To the first live row, seen READ UNCOMMITTED so that an enqueue that is not committed yet holds
-- the mark back; where no row is live, to a quarter second before the look began: a row whose
-- statement is under way comes in above it, and what does not is found by the sweep.
--
-- Params
--   p_count  int  OUT: always 0, there is never a rest
-- Writes   celers_mark
-- Errors   none
CREATE PROCEDURE _celers_advance_marks (
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'move the low-water marks of the lanes that have one'
BEGIN
    DECLARE v_safe_at DATETIME(6) DEFAULT UTC_TIMESTAMP(6) - INTERVAL 250000 MICROSECOND;
    DECLARE v_queue VARCHAR(64);
    DECLARE v_priority INT;
    DECLARE v_head_at DATETIME(6);
    DECLARE v_first_at DATETIME(6);
    DECLARE v_is_end BOOLEAN DEFAULT FALSE;
    DECLARE c_mark CURSOR FOR
        SELECT
            queue,
            priority,
            head_at
        FROM celers_mark;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_is_end = TRUE;

    SET p_count = 0;
    OPEN c_mark;
    lanes: LOOP
        FETCH c_mark INTO v_queue, v_priority, v_head_at;
        IF v_is_end THEN
            LEAVE lanes;
        END IF;
        -- SELECT INTO reads without locks; a subquery in SET would lock what it reads
        -- attempt stands outside the key: for columns of the key alone the optimizer scans all of
        -- an index that its statistics call empty, dead rows included (12 ms for 100,000)
        SELECT MIN(IF(first.attempt IS NULL, NULL, first.due_at)) INTO v_first_at
        FROM (
            SELECT
                r.due_at,
                r.attempt
            FROM celers_ready AS r FORCE INDEX (PRIMARY)
            WHERE r.queue = v_queue AND r.priority = v_priority AND r.due_at >= v_head_at
            ORDER BY r.due_at
            LIMIT 1
        ) AS first;
        UPDATE celers_mark
        SET head_at = GREATEST(head_at, LEAST(COALESCE(v_first_at, v_safe_at), v_safe_at))
        WHERE queue = v_queue AND priority = v_priority;
    END LOOP;
    CLOSE c_mark;
END;
