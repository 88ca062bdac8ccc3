-- _celers_wait_turn: sleep until it is worth looking for tasks again.
--
-- The holder of the bell looks every p_poll_ms; the others sleep on the bell until its holder lets
-- go. GET_LOCK counts whole seconds, so the last fraction is slept in short steps.
--
-- Params
--   p_bell       str       name of the lock
--   p_poll_ms    int
--   p_until      datetime  INOUT: becomes now when the sleep was killed
--   p_is_holder  bool      INOUT
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_wait_turn (
    IN p_bell VARCHAR(64),
    IN p_poll_ms INT,
    INOUT p_until DATETIME(6),
    INOUT p_is_holder BOOLEAN
)
READS SQL DATA
COMMENT 'sleep until it is worth looking for tasks again'
BEGIN
    DECLARE v_left_s DOUBLE DEFAULT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), p_until) / 1e6;
    DECLARE v_pause_s DOUBLE DEFAULT 0;

    IF p_is_holder THEN
        SET v_pause_s = p_poll_ms / 1000;
    ELSE
        SET p_is_holder = COALESCE(GET_LOCK(p_bell, ROUND(v_left_s)), FALSE);
        IF NOT p_is_holder THEN
            SET v_pause_s = 0.025;
        END IF;
    END IF;
    IF SLEEP(GREATEST(LEAST(v_pause_s, v_left_s), 0)) THEN
        SET p_until = UTC_TIMESTAMP(6);
    END IF;
END;
