-- _celers_answer_one: tell how the attempt of a receipt ended, or refuse the receipt by name.
--
-- Params
--   p_id       bytes
--   p_receipt  bytes
--   p_outcome  str    OUT: see _celers_answer
-- Writes   none
-- Errors   LEASE_LOST, TASK_NOT_FOUND
CREATE PROCEDURE _celers_answer_one (
    IN p_id BINARY(16),
    IN p_receipt BINARY(16),
    OUT p_outcome VARCHAR(20)
)
READS SQL DATA
COMMENT 'tell how the attempt of a receipt ended, or refuse the receipt by name'
BEGIN
    DECLARE v_answers JSON;

    CALL _celers_answer(
        JSON_ARRAY(JSON_OBJECT('task_id', BIN_TO_UUID(p_id), 'receipt', BIN_TO_UUID(p_receipt))),
        v_answers
    );
    SET p_outcome = JSON_UNQUOTE(JSON_EXTRACT(v_answers, '$[0].outcome'));
    IF p_outcome = 'lost' THEN
        CALL _celers_raise('LEASE_LOST', BIN_TO_UUID(p_id));
    ELSEIF p_outcome = 'not_found' THEN
        CALL _celers_raise('TASK_NOT_FOUND', BIN_TO_UUID(p_id));
    END IF;
END;
