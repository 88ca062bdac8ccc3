-- _celers_queue_options: read and check the settings of a queue.
--
-- Params
--   p_options             json  object with the keys of celers_set_queue_config
--   p_max_retries         int   OUT, as all that follow: NULL where the key is missing
--   p_max_crashes         int   OUT
--   p_retry               json  OUT
--   p_lease_s             int   OUT
--   p_retention_s         int   OUT
--   p_dlq_retention_s     int   OUT
--   p_aging_threshold_s   int   OUT
--   p_aging_boost         int   OUT
--   p_aging_max_priority  int   OUT
-- Writes   none
-- Errors   OPTION_INVALID, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, LEASE_OUT_OF_RANGE,
--          RETENTION_OUT_OF_RANGE, AGING_OUT_OF_RANGE
CREATE PROCEDURE _celers_queue_options (
    IN p_options JSON,
    OUT p_max_retries BIGINT,
    OUT p_max_crashes BIGINT,
    OUT p_retry JSON,
    OUT p_lease_s BIGINT,
    OUT p_retention_s BIGINT,
    OUT p_dlq_retention_s BIGINT,
    OUT p_aging_threshold_s BIGINT,
    OUT p_aging_boost BIGINT,
    OUT p_aging_max_priority BIGINT
)
READS SQL DATA
COMMENT 'read and check the settings of a queue'
BEGIN
    DECLARE v_reason TEXT;
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 1406, 3666, 3669
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_reason = MESSAGE_TEXT;
        CALL _celers_raise('OPTION_INVALID', REGEXP_SUBSTR(v_reason, 'column ''?[a-z_]+'));
    END;

    SELECT
        o.max_retries,
        o.max_crashes,
        o.retry,
        o.lease_s,
        o.retention_s,
        o.dlq_retention_s,
        o.aging_threshold_s,
        o.aging_boost,
        o.aging_max_priority
    INTO
        p_max_retries, p_max_crashes, p_retry, p_lease_s, p_retention_s, p_dlq_retention_s,
        p_aging_threshold_s, p_aging_boost, p_aging_max_priority
    FROM JSON_TABLE(p_options, '$' COLUMNS (
        max_retries BIGINT PATH '$.max_retries' ERROR ON ERROR,
        max_crashes BIGINT PATH '$.max_crashes' ERROR ON ERROR,
        retry JSON PATH '$.retry' ERROR ON ERROR,
        lease_s BIGINT PATH '$.lease_s' ERROR ON ERROR,
        retention_s BIGINT PATH '$.retention_s' ERROR ON ERROR,
        dlq_retention_s BIGINT PATH '$.dlq_retention_s' ERROR ON ERROR,
        aging_threshold_s BIGINT PATH '$.aging_threshold_s' ERROR ON ERROR,
        aging_boost BIGINT PATH '$.aging_boost' ERROR ON ERROR,
        aging_max_priority BIGINT PATH '$.aging_max_priority' ERROR ON ERROR
    )) AS o;

    IF p_max_retries NOT BETWEEN 0 AND 1000 OR p_max_crashes NOT BETWEEN 0 AND 1000 THEN
        CALL _celers_raise('RETRIES_OUT_OF_RANGE', CONCAT_WS(', ', p_max_retries, p_max_crashes));
    END IF;
    CALL _celers_check_retry(p_retry);
    IF p_lease_s NOT BETWEEN 1 AND 86400 THEN
        CALL _celers_raise('LEASE_OUT_OF_RANGE', p_lease_s);
    END IF;
    -- 0 = kept for ever
    IF
        p_retention_s NOT BETWEEN 0 AND 315360000
        OR (p_dlq_retention_s <> 0 AND p_dlq_retention_s NOT BETWEEN 3600 AND 315360000)
    THEN
        CALL _celers_raise(
            'RETENTION_OUT_OF_RANGE', CONCAT_WS(', ', p_retention_s, p_dlq_retention_s)
        );
    END IF;
    -- 0 = no ageing
    IF
        p_aging_threshold_s NOT BETWEEN 0 AND 31536000
        OR p_aging_boost NOT BETWEEN 1 AND 1000
        OR p_aging_max_priority NOT BETWEEN -32768 AND 1000
    THEN
        CALL _celers_raise(
            'AGING_OUT_OF_RANGE',
            CONCAT_WS(', ', p_aging_threshold_s, p_aging_boost, p_aging_max_priority)
        );
    END IF;
END;
