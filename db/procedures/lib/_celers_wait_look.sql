-- _celers_wait_look: look for tasks again and again, without locking any.
--
-- A claim that finds nothing costs several times as much as a look, and most of a look is the
-- sleep before it: as little as possible is done each time.
--
-- A look sees what is not committed yet. A commit takes about as long as a sleep, so many are seen
-- coming; from then on only what is committed counts, looked for every 100 µs, and less and less
-- often, since it may be a long transaction.
--
-- Params
--   p_list       json      names of queues, in order of preference
--   p_limit      int       most tasks to claim
--   p_is_marked  bool      some lane has a low-water mark
--   p_pause_s    float     seconds between two looks, 0 = look once
--   p_wake_at    datetime  end of the last sleep
--   p_until      datetime  INOUT: becomes now when the sleep was killed
--   p_queue      str       OUT: the first one that has a task; NULL = none has
--   p_is_one     bool      OUT: one task is all that is wanted, or there
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_wait_look (
    IN p_list JSON,
    IN p_limit INT,
    IN p_is_marked BOOLEAN,
    IN p_pause_s DOUBLE,
    IN p_wake_at DATETIME(6),
    INOUT p_until DATETIME(6),
    OUT p_queue VARCHAR(64),
    OUT p_is_one BOOLEAN
)
READS SQL DATA
COMMENT 'look for tasks again and again, without locking any'
BEGIN
    DECLARE v_looks INT DEFAULT 0;
    DECLARE v_count INT;
    DECLARE v_place INT;

    SET p_queue = NULL;
    SET p_is_one = FALSE;
    looks: LOOP
        IF p_is_marked THEN
            CALL _celers_wait_look_lanes(p_list, p_queue);
        ELSE
            SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
            -- attempt stands outside the key: for columns of the key alone the optimizer scans all
            -- of an index that its statistics call empty, dead rows included
            SELECT IF(r.attempt IS NULL, NULL, r.queue) INTO p_queue
            FROM JSON_TABLE(p_list, '$[*]' COLUMNS (queue VARCHAR(64) PATH '$')) AS given
            STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY) ON r.queue = given.queue
            LIMIT 1;
        END IF;
        IF p_queue IS NOT NULL OR p_pause_s = 0 OR UTC_TIMESTAMP(6) >= p_wake_at THEN
            LEAVE looks;
        END IF;
        IF SLEEP(GREATEST(LEAST(
            p_pause_s, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), p_wake_at) / 1e6
        ), 0)) THEN
            SET p_until = UTC_TIMESTAMP(6);
            SET p_pause_s = 0;
        END IF;
    END LOOP;
    IF p_queue IS NOT NULL AND NOT p_is_marked THEN
        SET p_queue = NULL;
        committed: LOOP
            SELECT
                COUNT(first.attempt),
                MIN(first.place)
            INTO v_count, v_place
            FROM (
                SELECT
                    given.place,
                    r.attempt
                FROM JSON_TABLE(p_list, '$[*]' COLUMNS (
                    place FOR ORDINALITY,
                    queue VARCHAR(64) PATH '$'
                )) AS given
                STRAIGHT_JOIN celers_ready AS r FORCE INDEX (PRIMARY) ON r.queue = given.queue
                LIMIT 2
            ) AS first;
            IF v_count > 0 OR p_pause_s = 0 OR UTC_TIMESTAMP(6) >= p_wake_at THEN
                LEAVE committed;
            END IF;
            SET v_looks = v_looks + 1;
            IF SLEEP(LEAST(v_looks * 0.0001, p_pause_s)) THEN
                SET p_until = UTC_TIMESTAMP(6);
                SET p_pause_s = 0;
            END IF;
        END LOOP;
        IF v_count > 0 THEN
            SET p_queue = JSON_UNQUOTE(JSON_EXTRACT(p_list, CONCAT('$[', v_place - 1, ']')));
            SET p_is_one = p_limit = 1 OR (p_limit > 1 AND v_count = 1);
        END IF;
    END IF;
END;
