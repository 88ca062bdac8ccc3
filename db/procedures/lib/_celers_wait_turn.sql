-- _celers_wait_turn: sleep until it is worth looking for tasks again.
--
-- The holder of the bell looks every p_poll_ms, with two reads that lock nothing (a claim that
-- finds nothing costs ten times as much); the others sleep on the bell until its holder lets go.
-- GET_LOCK counts whole seconds, so the last fraction is slept in short steps. Due maintenance ends
-- the sleep too: it may promote a task.
--
-- Params
--   p_queues     str       names, separated by commas
--   p_bell       str       name of the lock
--   p_poll_ms    int
--   p_joined     bool      in a caller's transaction plain reads may see an old snapshot: no looks
--   p_until      datetime  INOUT: becomes now when the sleep was killed
--   p_is_holder  bool      INOUT
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_wait_turn (
    IN p_queues TEXT,
    IN p_bell VARCHAR(64),
    IN p_poll_ms INT,
    IN p_joined BOOLEAN,
    INOUT p_until DATETIME(6),
    INOUT p_is_holder BOOLEAN
)
READS SQL DATA
COMMENT 'sleep until it is worth looking for tasks again'
BEGIN
    DECLARE v_left_s DOUBLE DEFAULT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), p_until) / 1e6;
    DECLARE v_pause_s DOUBLE DEFAULT p_poll_ms / 1000;
    DECLARE v_is_over BOOLEAN DEFAULT FALSE;
    DECLARE v_seen INT DEFAULT 0;
    DECLARE v_list JSON DEFAULT CONCAT(
        '["', REPLACE(REPLACE(p_queues, ' ', ''), ',', '","'), '"]'
    );

    IF NOT p_is_holder THEN
        SET p_is_holder = COALESCE(GET_LOCK(p_bell, ROUND(v_left_s)), FALSE);
        SET v_is_over = p_is_holder;
        SET v_pause_s = 0.025;
    END IF;
    WHILE NOT v_is_over DO
        SET v_left_s = TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), p_until) / 1e6;
        IF SLEEP(GREATEST(LEAST(v_pause_s, v_left_s), 0)) THEN
            SET p_until = UTC_TIMESTAMP(6);
        END IF;
        SELECT g.next_at <= UTC_TIMESTAMP(6) OR g.mark_count > 0 INTO v_is_over
        FROM celers_upkeep AS g
        WHERE g.guard = 1;
        SELECT COUNT(first.attempt) INTO v_seen
        FROM (
            SELECT r.attempt
            FROM JSON_TABLE(v_list, '$[*]' COLUMNS (queue VARCHAR(64) PATH '$')) AS given
            STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY) ON r.queue = given.queue
            LIMIT 1
        ) AS first;
        SET v_is_over = v_is_over OR v_seen > 0 OR p_joined OR UTC_TIMESTAMP(6) >= p_until;
    END WHILE;
END;
