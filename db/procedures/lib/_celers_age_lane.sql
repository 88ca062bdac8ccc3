-- _celers_age_lane: move the tasks of one lane that have waited long to higher ones.
--
-- Only the head of the lane is read: rows that have stood here for a threshold. A moved row enters
-- the other lane at its tail, due now, so it is read again only when another threshold has passed.
--
-- Params
--   p_queue         str
--   p_priority      int  the lane
--   p_threshold_s   int  seconds of waiting per boost
--   p_boost         int  added to the base priority per threshold
--   p_max_priority  int  never above it
--   p_limit         int
--   p_count         int  OUT
-- Writes   celers_ready, celers_task
-- Errors   none
CREATE PROCEDURE _celers_age_lane (
    IN p_queue VARCHAR(64),
    IN p_priority INT,
    IN p_threshold_s INT,
    IN p_boost INT,
    IN p_max_priority INT,
    IN p_limit INT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'move the tasks of one lane that have waited long to higher ones'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_rows JSON;

    SELECT JSON_ARRAYAGG(JSON_OBJECT(
        'queue', p_queue, 'priority', p_priority, 'due_at', old.due_at, 'id', BIN_TO_UUID(old.id),
        'to', old.lane
    )) INTO v_rows
    FROM (
        SELECT
            r.due_at,
            r.id,
            LEAST(
                p_max_priority,
                t.base_priority
                + p_boost * (TIMESTAMPDIFF(SECOND, r.ready_at, v_now) DIV p_threshold_s)
            ) AS lane
        FROM celers_ready AS r FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = r.id
        WHERE
            r.queue = p_queue
            AND r.priority = p_priority
            AND r.due_at < v_now - INTERVAL p_threshold_s SECOND
            AND p_priority < LEAST(
                p_max_priority,
                t.base_priority
                + p_boost * (TIMESTAMPDIFF(SECOND, r.ready_at, v_now) DIV p_threshold_s)
            )
        ORDER BY r.due_at, r.id
        LIMIT p_limit
        FOR UPDATE OF r SKIP LOCKED
    ) AS old;
    SET p_count = COALESCE(JSON_LENGTH(v_rows), 0);
    IF p_count > 0 THEN
        CALL _celers_move_ready(v_rows, v_now);
    END IF;
END;
