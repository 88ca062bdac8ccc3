-- _celers_find_state: tell where a task is in its life.
--
-- Params
--   p_id     bytes
--   p_state  str    OUT: pending, processing, completed, failed, cancelled, expired, dead or NULL
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_find_state (
    IN p_id BINARY(16),
    OUT p_state VARCHAR(20)
)
READS SQL DATA
COMMENT 'tell where a task is in its life'
BEGIN
    DECLARE v_states JSON;

    CALL _celers_find_states(JSON_ARRAY(JSON_OBJECT('id', BIN_TO_UUID(p_id))), v_states);
    SET p_state = JSON_UNQUOTE(JSON_EXTRACT(v_states, '$[0].state'));
    IF p_state = 'not_found' THEN
        SET p_state = NULL;
    END IF;
END;
