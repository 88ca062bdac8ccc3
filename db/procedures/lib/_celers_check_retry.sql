-- _celers_check_retry: refuse a retry policy that is none.
--
-- Params
--   p_retry  json  {"strategy": "fixed" | "linear" | "exponential" | "exponential_jitter",
--                  "base_s": seconds, "multiplier": 1..10, "max_s": seconds}; NULL passes
-- Writes   none
-- Errors   RETRY_POLICY_INVALID
CREATE PROCEDURE _celers_check_retry (
    IN p_retry JSON
)
READS SQL DATA
COMMENT 'refuse a retry policy that is none'
BEGIN
    DECLARE v_type VARCHAR(20) DEFAULT JSON_TYPE(p_retry);
    DECLARE v_strategy VARCHAR(64);
    DECLARE v_base DOUBLE;
    DECLARE v_multiplier DOUBLE;
    DECLARE v_max DOUBLE;
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 1406, 3666
        CALL _celers_raise('RETRY_POLICY_INVALID', NULL);

    IF p_retry IS NOT NULL THEN
        IF v_type <> 'OBJECT' OR NOT JSON_CONTAINS(
            '["strategy", "base_s", "multiplier", "max_s"]', JSON_KEYS(p_retry)
        ) THEN
            CALL _celers_raise('RETRY_POLICY_INVALID', LEFT(p_retry, 60));
        END IF;
        SELECT
            policy.strategy,
            policy.base_s,
            policy.multiplier,
            policy.max_s
        INTO v_strategy, v_base, v_multiplier, v_max
        FROM JSON_TABLE(p_retry, '$' COLUMNS (
            strategy VARCHAR(64) PATH '$.strategy' ERROR ON ERROR,
            base_s DOUBLE PATH '$.base_s' DEFAULT '1' ON EMPTY ERROR ON ERROR,
            multiplier DOUBLE PATH '$.multiplier' DEFAULT '2' ON EMPTY ERROR ON ERROR,
            max_s DOUBLE PATH '$.max_s' DEFAULT '300' ON EMPTY ERROR ON ERROR
        )) AS policy;
        IF COALESCE(
            v_strategy NOT IN ('fixed', 'linear', 'exponential', 'exponential_jitter')
            OR v_base NOT BETWEEN 0 AND 31536000
            OR v_multiplier NOT BETWEEN 1 AND 10
            OR v_max NOT BETWEEN 0 AND 31536000, TRUE
        ) THEN
            CALL _celers_raise('RETRY_POLICY_INVALID', LEFT(p_retry, 60));
        END IF;
    END IF;
END;
