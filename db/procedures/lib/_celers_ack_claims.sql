-- _celers_ack_claims: end all tasks of the claims that a step brings as completed.
--
-- JSON keeps the keys of an object sorted, so the claims are locked in one order.
--
-- Params
--   p_claims   json  object: receipt to how many tasks the claim is to hold
--   p_answers  json  INOUT: gets {"receipt", "outcome": "incomplete"} for each claim that holds
--                    another number, which is left alone; NULL = an empty array
-- Writes   celers_finished, celers_running
-- Errors   OPTION_INVALID, UUID_INVALID
CREATE PROCEDURE _celers_ack_claims (
    IN p_claims JSON,
    INOUT p_answers JSON
)
MODIFIES SQL DATA
COMMENT 'end all tasks of the claims that a step brings as completed'
BEGIN
    DECLARE v_receipts JSON;
    DECLARE v_place INT DEFAULT 0;
    DECLARE v_receipt VARCHAR(100);
    DECLARE v_count JSON;
    DECLARE v_type VARCHAR(20) DEFAULT JSON_TYPE(p_claims);
    DECLARE v_is_whole BOOLEAN;

    IF v_type <> 'OBJECT' THEN
        CALL _celers_raise('OPTION_INVALID', 'ack_claims');
    END IF;
    SET v_receipts = JSON_KEYS(p_claims);
    WHILE v_place < JSON_LENGTH(v_receipts) DO
        SET v_receipt = JSON_UNQUOTE(JSON_EXTRACT(v_receipts, CONCAT('$[', v_place, ']')));
        IF NOT IS_UUID(v_receipt) THEN
            CALL _celers_raise('UUID_INVALID', LEFT(v_receipt, 40));
        END IF;
        SET v_count = JSON_EXTRACT(p_claims, CONCAT('$."', v_receipt, '"'));
        SET v_type = JSON_TYPE(v_count);
        IF v_type <> 'INTEGER' THEN
            CALL _celers_raise('OPTION_INVALID', 'ack_claims');
        END IF;
        CALL _celers_ack_claim(UUID_TO_BIN(v_receipt), v_count, v_is_whole);
        IF NOT v_is_whole THEN
            SET p_answers = JSON_ARRAY_APPEND(
                COALESCE(p_answers, JSON_ARRAY()), '$',
                JSON_OBJECT('receipt', v_receipt, 'outcome', 'incomplete')
            );
        END IF;
        SET v_place = v_place + 1;
    END WHILE;
END;
