-- _celers_patch_queue: change the given settings of a queue, and leave the others.
--
-- Params
--   p_queue    str   * = the defaults
--   p_options  json  object with some keys of celers_set_queue_config; null = back to the default
-- Writes   celers_queue
-- Errors   OPTION_INVALID, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, LEASE_OUT_OF_RANGE,
--          RETENTION_OUT_OF_RANGE, AGING_OUT_OF_RANGE
CREATE PROCEDURE _celers_patch_queue (
    IN p_queue VARCHAR(64),
    IN p_options JSON
)
MODIFIES SQL DATA
COMMENT 'change the given settings of a queue, and leave the others'
BEGIN
    DECLARE v_own JSON;
    DECLARE v_max_retries, v_max_crashes, v_lease_s, v_retention_s, v_dlq_retention_s BIGINT;
    DECLARE v_aging_threshold_s, v_aging_boost, v_aging_max_priority BIGINT;
    DECLARE v_retry JSON;

    INSERT INTO celers_queue (queue, updated_at) VALUES (p_queue, UTC_TIMESTAMP(6))
    ON DUPLICATE KEY UPDATE updated_at = UTC_TIMESTAMP(6);
    SELECT JSON_OBJECT(
        'max_retries', max_retries,
        'max_crashes', max_crashes,
        -- a policy is replaced as a whole
        'retry', IF(JSON_CONTAINS_PATH(p_options, 'one', '$.retry'), NULL, retry),
        'lease_s', lease_s,
        'retention_s', retention_s,
        'dlq_retention_s', dlq_retention_s,
        'aging_threshold_s', aging_threshold_s,
        'aging_boost', aging_boost,
        'aging_max_priority', aging_max_priority
    ) INTO v_own
    FROM celers_queue
    WHERE queue = p_queue
    FOR UPDATE;
    -- a merge patch takes away the keys that are null; the defaults themselves must not be NULL
    SET v_own = JSON_MERGE_PATCH('{}', v_own, p_options);
    IF p_queue = '*' THEN
        SET v_own = JSON_MERGE_PATCH(
            JSON_OBJECT(
                'max_retries', 3, 'max_crashes', 3, 'retry', JSON_OBJECT(
                    'strategy', 'exponential_jitter', 'base_s', 1, 'multiplier', 2, 'max_s', 300
                ),
                'lease_s', 60, 'retention_s', 604800, 'dlq_retention_s', 0,
                'aging_threshold_s', 0, 'aging_boost', 1, 'aging_max_priority', 1000
            ),
            v_own
        );
    END IF;
    CALL _celers_queue_options(
        v_own, v_max_retries, v_max_crashes, v_retry, v_lease_s, v_retention_s, v_dlq_retention_s,
        v_aging_threshold_s, v_aging_boost, v_aging_max_priority
    );
    UPDATE celers_queue
    SET
        max_retries = v_max_retries,
        max_crashes = v_max_crashes,
        retry = v_retry,
        lease_s = v_lease_s,
        retention_s = v_retention_s,
        dlq_retention_s = v_dlq_retention_s,
        aging_threshold_s = v_aging_threshold_s,
        aging_boost = v_aging_boost,
        aging_max_priority = v_aging_max_priority
    WHERE queue = p_queue;
END;
