-- celers_set_queue_config: change settings of a queue, or the defaults of all queues.
--
-- Only the given keys change; null (in Python pyclient.NULL) takes a setting back to its default.
-- A change holds from the next time the setting is looked at, also for tasks that stand already,
-- unless they brought their own.
--
-- Params
--   p_queue    str      name of the queue; * = the defaults, for queues without their own
--   p_options  options  JSON object, NULL = change nothing = NULL
-- Options
--   max_retries         int   retries after the first attempt, 0..1000 = 3
--   max_crashes         int   leases lost before it is a dead letter, 0..1000 = 3
--   retry               json  retry policy, see celers_enqueue; it is replaced as a whole
--   lease_s             int   seconds a claim lasts, 1..86400 = 60
--   retention_s         int   seconds finished tasks are kept, 0..315360000, 0: ever = 604800
--   dlq_retention_s     int   seconds dead letters are kept, 3600..315360000, 0: ever = 0
--   aging_threshold_s   int   seconds of waiting per boost, 0..31536000, 0: no ageing = 0
--   aging_boost         int   what each of them adds to the priority, 1..1000 = 1
--   aging_max_priority  int   ageing ends here, -32768..1000 = 1000
-- Returns  1 row of celers_get_queue_config
-- Errors   QUEUE_NAME_INVALID, OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID,
--          RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, LEASE_OUT_OF_RANGE,
--          RETENTION_OUT_OF_RANGE, AGING_OUT_OF_RANGE
-- Writes   celers_queue
-- Roles    admin
-- Example  CALL celers_set_queue_config('mail', '{"max_retries": 5, "lease_s": null}');
CREATE PROCEDURE celers_set_queue_config (
    IN p_queue VARCHAR(1000),
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'change settings of a queue, or the defaults of all queues'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_queue(IF(p_queue = '*', 'default', p_queue));
    CALL _celers_check_options(
        p_options,
        CONCAT(
            '["max_retries", "max_crashes", "retry", "lease_s", "retention_s", "dlq_retention_s",',
            ' "aging_threshold_s", "aging_boost", "aging_max_priority"]'
        )
    );
    CALL _celers_begin(v_joined);
    CALL _celers_patch_queue(p_queue, COALESCE(p_options, '{}'));
    CALL _celers_commit(v_joined);
    CALL celers_get_queue_config(p_queue);
END;
