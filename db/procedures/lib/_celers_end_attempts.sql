-- _celers_end_attempts: take running tasks where their verdicts say.
--
-- The one place where an attempt ends without success. The rows of celers_running are locked by
-- whoever made the verdicts. Whatever becomes ready enters at the tail: due now.
--
-- Params
--   p_verdicts  json      array of {"id", "receipt", "outcome": retried, crashed, released, dead,
--                         failed or cancelled, "reason": of a dead letter, "delay_us", "error"}
--   p_now       datetime
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running
-- Errors   none
CREATE PROCEDURE _celers_end_attempts (
    IN p_verdicts JSON,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'take running tasks where their verdicts say'
BEGIN
    DECLARE v_outcomes JSON DEFAULT JSON_EXTRACT(p_verdicts, '$[*].outcome');

    IF JSON_LENGTH(p_verdicts) > 0 THEN
        -- a statement that finds nothing to do costs as much as one that does
        IF JSON_OVERLAPS(v_outcomes, '["dead", "failed", "cancelled"]') THEN
            CALL _celers_end_for_good(p_verdicts, p_now);
        END IF;
        IF JSON_OVERLAPS(v_outcomes, '["retried", "crashed", "released"]') THEN
            CALL _celers_send_back(p_verdicts, p_now);
        END IF;
        DELETE u
        FROM JSON_TABLE(
            p_verdicts, '$[*]' COLUMNS (
                id CHAR(36) PATH '$.id', receipt CHAR(36) PATH '$.receipt'
            )
        ) AS v
        STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
            ON u.claim_id = UUID_TO_BIN(v.receipt) AND u.id = UUID_TO_BIN(v.id);
    END IF;
END;
