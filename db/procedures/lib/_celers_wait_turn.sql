-- _celers_wait_turn: sleep until there is a task to claim, or maintenance is due.
--
-- The holder of the bell looks every few milliseconds; the others sleep on the bell until its
-- holder lets go. GET_LOCK counts whole seconds, so the last fraction is slept in short steps.
--
-- Params
--   p_queues     str       names, separated by commas, in order of preference
--   p_limit      int       most tasks to claim
--   p_bell       str       name of the lock
--   p_poll_ms    int
--   p_misses     int       turns in vain before: sleep p_poll_ms for each before the first look
--   p_joined     bool      in a caller's transaction plain reads may see an old snapshot: no looks
--   p_until      datetime  INOUT: becomes now when the sleep was killed
--   p_is_holder  bool      INOUT
--   p_queue      str       OUT: the first one that has a task, NULL = none; if p_joined, the first
--   p_is_one     bool      OUT: one task is all that is wanted, or there
--   p_is_due     bool      OUT: some maintenance is due
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_wait_turn (
    IN p_queues TEXT,
    IN p_limit INT,
    IN p_bell VARCHAR(64),
    IN p_poll_ms INT,
    IN p_misses INT,
    IN p_joined BOOLEAN,
    INOUT p_until DATETIME(6),
    INOUT p_is_holder BOOLEAN,
    OUT p_queue VARCHAR(64),
    OUT p_is_one BOOLEAN,
    OUT p_is_due BOOLEAN
)
READS SQL DATA
COMMENT 'sleep until there is a task to claim, or maintenance is due'
BEGIN
    DECLARE v_list JSON DEFAULT CONCAT(
        '["', REPLACE(REPLACE(p_queues, ' ', ''), ',', '","'), '"]'
    );
    DECLARE v_rest_s DOUBLE DEFAULT p_misses * p_poll_ms / 1000;
    DECLARE v_pause_s DOUBLE DEFAULT 0;
    DECLARE v_wake_at DATETIME(6);
    DECLARE v_is_marked BOOLEAN;

    SET p_queue = NULL;
    SET p_is_one = FALSE;
    SET p_is_due = FALSE;
    REPEAT
        IF v_rest_s > 0 AND NOT p_is_holder THEN
            SET p_is_holder = COALESCE(GET_LOCK(
                p_bell,
                GREATEST(ROUND(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), p_until) / 1e6), 0)
            ), FALSE);
            SET v_rest_s = IF(p_is_holder, 0, 0.025);
        END IF;
        IF v_rest_s > 0 AND SLEEP(GREATEST(LEAST(
            v_rest_s, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), p_until) / 1e6
        ), 0)) THEN
            SET p_until = UTC_TIMESTAMP(6);
        END IF;
        IF p_joined THEN
            SET p_queue = JSON_UNQUOTE(JSON_EXTRACT(v_list, '$[0]'));
        ELSE
            IF p_is_holder AND v_pause_s = 0 THEN
                CALL _celers_wait_pause(v_list, p_poll_ms, v_pause_s);
            END IF;
            SELECT
                LEAST(g.next_at, p_until),
                g.mark_count > 0
            INTO v_wake_at, v_is_marked
            FROM celers_upkeep AS g
            WHERE g.guard = 1;
            CALL _celers_wait_look(
                v_list, p_limit, v_is_marked, v_pause_s, v_wake_at, p_until, p_queue, p_is_one
            );
            SET v_rest_s = NOT p_is_holder;
            IF p_queue IS NULL THEN
                SELECT g.next_at <= UTC_TIMESTAMP(6) INTO p_is_due
                FROM celers_upkeep AS g
                WHERE g.guard = 1;
            END IF;
        END IF;
    UNTIL p_queue IS NOT NULL OR p_is_due OR UTC_TIMESTAMP(6) >= p_until END REPEAT;
END;
