-- celers_get_queue_config: show the settings that hold for a queue.
--
-- Params
--   p_queue  str  name of the queue, which need not exist; * = the defaults
-- Returns  1 row
--   queue               str   name of the queue
--   is_paused           bool  whether claims pass it over
--   max_retries         int   retries after the first attempt
--   max_crashes         int   leases lost before it is a dead letter
--   retry               json  retry policy
--   lease_s             int   seconds a claim lasts
--   retention_s         int   seconds finished tasks are kept, 0 = for ever
--   dlq_retention_s     int   seconds dead letters are kept, 0 = for ever
--   aging_threshold_s   int   seconds of waiting per boost, 0 = no ageing
--   aging_boost         int   what each of them adds to the priority
--   aging_max_priority  int   ageing ends here
--   own                 json  object of those settings that are the queue's own
-- Errors   QUEUE_NAME_INVALID
-- Writes   none
-- Roles    producer, worker, viewer
-- Example  CALL celers_get_queue_config('default');
CREATE PROCEDURE celers_get_queue_config (
    IN p_queue VARCHAR(1000)
)
READS SQL DATA
COMMENT 'show the settings that hold for a queue'
BEGIN
    SET timestamp = DEFAULT;
    CALL _celers_check_queue(IF(p_queue = '*', 'default', p_queue));
    SELECT
        p_queue AS queue,
        COALESCE(q.is_paused, d.is_paused) AS is_paused,
        COALESCE(q.max_retries, d.max_retries) AS max_retries,
        COALESCE(q.max_crashes, d.max_crashes) AS max_crashes,
        COALESCE(q.retry, d.retry) AS retry,
        COALESCE(q.lease_s, d.lease_s) AS lease_s,
        COALESCE(q.retention_s, d.retention_s) AS retention_s,
        COALESCE(q.dlq_retention_s, d.dlq_retention_s) AS dlq_retention_s,
        COALESCE(q.aging_threshold_s, d.aging_threshold_s) AS aging_threshold_s,
        COALESCE(q.aging_boost, d.aging_boost) AS aging_boost,
        COALESCE(q.aging_max_priority, d.aging_max_priority) AS aging_max_priority,
        -- a merge patch leaves out what is null
        JSON_MERGE_PATCH('{}', JSON_OBJECT(
            'max_retries', q.max_retries,
            'max_crashes', q.max_crashes,
            'retry', q.retry,
            'lease_s', q.lease_s,
            'retention_s', q.retention_s,
            'dlq_retention_s', q.dlq_retention_s,
            'aging_threshold_s', q.aging_threshold_s,
            'aging_boost', q.aging_boost,
            'aging_max_priority', q.aging_max_priority
        )) AS own
    FROM celers_queue AS d
    LEFT JOIN celers_queue AS q ON q.queue = p_queue
    WHERE d.queue = '*';
END;
