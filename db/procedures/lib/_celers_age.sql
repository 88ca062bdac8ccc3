-- _celers_age: raise the priority of tasks that have waited long, where their queue asks for it.
--
-- The level is computed from the waiting time, so that no run counts twice: base_priority +
-- boost * whole thresholds waited, at most aging_max_priority of the queue.
--
-- Params
--   p_limit        int
--   p_queue        str  only this queue, NULL = all
--   p_threshold_s  int  seconds of waiting per boost, NULL = as the queue has it, 0 there = none
--   p_boost        int  NULL = as the queue has it
--   p_count        int  OUT
-- Writes   celers_ready, celers_task
-- Errors   none
CREATE PROCEDURE _celers_age (
    IN p_limit INT,
    IN p_queue VARCHAR(64),
    IN p_threshold_s INT,
    IN p_boost INT,
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'raise the priority of tasks that have waited long, where their queue asks for it'
BEGIN
    DECLARE v_queue VARCHAR(64) DEFAULT '';
    DECLARE v_moved INT;
    DECLARE v_threshold_s INT;
    DECLARE v_boost INT;
    DECLARE v_max_priority INT;

    SET p_count = 0;
    -- the next queue that has ready tasks: one descent of the tree each
    queues: LOOP
        -- SELECT INTO reads without locks; a subquery in SET would lock what it reads
        SELECT MIN(next.queue) INTO v_queue
        FROM (
            SELECT r.queue
            FROM celers_ready AS r FORCE INDEX (PRIMARY)
            WHERE r.queue > v_queue AND (p_queue IS NULL OR r.queue = p_queue)
            ORDER BY r.queue
            LIMIT 1
        ) AS next;
        IF v_queue IS NULL OR p_count >= p_limit THEN
            LEAVE queues;
        END IF;
        SELECT
            COALESCE(p_threshold_s, q.aging_threshold_s, d.aging_threshold_s),
            COALESCE(p_boost, q.aging_boost, d.aging_boost),
            COALESCE(q.aging_max_priority, d.aging_max_priority)
        INTO v_threshold_s, v_boost, v_max_priority
        FROM celers_queue AS d
        LEFT JOIN celers_queue AS q ON q.queue = v_queue
        WHERE d.queue = '*';
        IF v_threshold_s > 0 THEN
            CALL _celers_age_queue(
                v_queue, v_threshold_s, v_boost, v_max_priority, p_limit - p_count, v_moved
            );
            SET p_count = p_count + v_moved;
        END IF;
    END LOOP;
END;
