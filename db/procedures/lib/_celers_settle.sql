-- _celers_settle: end claims, reject and extend as a step asks, and keep what there is to say.
--
-- Params
--   p_claims   json  see _celers_ack_claims; NULL = none
--   p_rejects  str   JSON array or NULL
--   p_options  json  of celers_step
--   p_notices  json  INOUT: array of {"task_id", "receipt", "outcome"} of what did not go as asked,
--                    and of wishes for cancellation; NULL = none
-- Writes   celers_finished, celers_running, celers_claim, celers_attempt,
--          celers_dead, celers_scheduled, celers_ready, celers_task
-- Errors   UUID_INVALID, ITEMS_INVALID, OPTIONS_CONTRADICTORY, DUE_OUT_OF_RANGE,
--          LEASE_OUT_OF_RANGE, OPTION_INVALID
CREATE PROCEDURE _celers_settle (
    IN p_claims JSON,
    IN p_rejects LONGTEXT,
    IN p_options JSON,
    INOUT p_notices JSON
)
MODIFIES SQL DATA
COMMENT 'end claims, reject and extend as a step asks, and keep what there is to say'
BEGIN
    DECLARE v_items JSON;
    DECLARE v_answers JSON;

    IF p_claims IS NOT NULL THEN
        CALL _celers_ack_claims(p_claims, p_notices);
    END IF;
    IF p_rejects IS NOT NULL THEN
        CALL _celers_check_items(p_rejects, v_items);
        CALL _celers_reject_items(v_items);
        CALL _celers_answer(v_items, v_answers);
        SET p_notices = JSON_MERGE_PRESERVE(COALESCE(p_notices, '[]'), COALESCE(v_answers, '[]'));
    END IF;
    IF JSON_EXTRACT(p_options, '$.extend') IS NOT NULL THEN
        CALL _celers_extend_option(p_options, v_answers);
        SET p_notices = JSON_MERGE_PRESERVE(COALESCE(p_notices, '[]'), COALESCE(v_answers, '[]'));
    END IF;
    IF p_notices IS NOT NULL THEN
        SELECT JSON_ARRAYAGG(n.notice) INTO p_notices
        FROM JSON_TABLE(p_notices, '$[*]' COLUMNS (
            notice JSON PATH '$',
            outcome VARCHAR(20) PATH '$.outcome'
        )) AS n
        WHERE n.outcome IN ('lost', 'not_found', 'cancel_requested', 'incomplete');
    END IF;
END;
