-- only the given keys change
CALL celers_set_queue_config('mail', '{"max_retries": 5, "lease_s": 30}');
-- => mail | 0 | 5 | 3 | * | 30 | 604800 | 0 | 0 | 1 | 1000 | {"lease_s": 30, "max_retries": 5}
CALL celers_set_queue_config('mail', '{"max_crashes": 0}');
-- => mail | 0 | 5 | 0 | * | 30 | 604800 | 0 | 0 | 1 | 1000 | {"lease_s": 30, "max_crashes": 0, "max_retries": 5}
CALL celers_set_queue_config('mail', NULL);
-- => mail | 0 | 5 | 0 | * | 30 | 604800 | 0 | 0 | 1 | 1000 | {"lease_s": 30, "max_crashes": 0, "max_retries": 5}
CALL celers_set_queue_config('mail', '{}');
-- => mail | 0 | 5 | 0 | * | 30 | 604800 | 0 | 0 | 1 | 1000 | {"lease_s": 30, "max_crashes": 0, "max_retries": 5}

-- test: null takes a setting back to the default
CALL celers_set_queue_config('mail', '{"max_retries": 5, "lease_s": 30}');
CALL celers_set_queue_config('mail', '{"max_retries": null}');
-- => mail | 0 | 3 | 3 | * | 30 | 604800 | 0 | 0 | 1 | 1000 | {"lease_s": 30}
CALL celers_set_queue_config('*', '{"max_retries": 9, "lease_s": 9}');
CALL celers_get_queue_config('mail');
-- => mail | 0 | 9 | 3 | * | 30 | 604800 | 0 | 0 | 1 | 1000 | {"lease_s": 30}

-- test: every key
CALL celers_set_queue_config('mail', '{"max_retries": 1, "max_crashes": 2, "retry": {"strategy": "fixed", "base_s": 3}, "lease_s": 4, "retention_s": 5, "dlq_retention_s": 3600, "aging_threshold_s": 7, "aging_boost": 8, "aging_max_priority": -9}');
-- => mail | 0 | 1 | 2 | {"base_s": 3, "strategy": "fixed"} | 4 | 5 | 3600 | 7 | 8 | -9 | *
CALL celers_set_queue_config('mail', '{"max_retries": null, "max_crashes": null, "retry": null, "lease_s": null, "retention_s": null, "dlq_retention_s": null, "aging_threshold_s": null, "aging_boost": null, "aging_max_priority": null}');
-- => mail | 0 | 3 | 3 | {"max_s": 300, "base_s": 1, "strategy": "exponential_jitter", "multiplier": 2} | 60 | 604800 | 0 | 0 | 1 | 1000 | {}

-- test: a retry policy is replaced as a whole
CALL celers_set_queue_config('mail', '{"retry": {"strategy": "linear", "base_s": 2, "max_s": 9}}');
CALL celers_set_queue_config('mail', '{"retry": {"strategy": "fixed"}}');
-- => mail | 0 | 3 | 3 | {"strategy": "fixed"} | 60 | 604800 | 0 | 0 | 1 | 1000 | {"retry": {"strategy": "fixed"}}

-- test: the defaults themselves go back to those of a new schema
CALL celers_set_queue_config('*', '{"max_retries": 1, "lease_s": 5, "retention_s": 0, "retry": {"strategy": "fixed"}}');
-- => * | 0 | 1 | 3 | * | 5 | 0 | 0 | 0 | 1 | 1000 | *
CALL celers_get_queue_config('other');
-- => other | 0 | 1 | 3 | * | 5 | 0 | 0 | 0 | 1 | 1000 | {}
CALL celers_set_queue_config('*', '{"max_retries": null, "lease_s": null, "retention_s": null, "retry": null}');
-- => * | 0 | 3 | 3 | {"max_s": 300, "base_s": 1, "strategy": "exponential_jitter", "multiplier": 2} | 60 | 604800 | 0 | 0 | 1 | 1000 | *

-- test: a queue that stays paused
CALL celers_pause('mail');
CALL celers_set_queue_config('mail', '{"lease_s": 5}');
-- => mail | 1 | 3 | 3 | * | 5 | 604800 | 0 | 0 | 1 | 1000 | {"lease_s": 5}

-- test: it holds for what comes: the lease of a claim, the retries of a task
CALL celers_set_queue_config('mail', '{"lease_s": 600, "max_retries": 0}');
CALL celers_enqueue('mail', 'send', '{}', NULL);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save id = task_id
-- save receipt = receipt
-- save until = lease_expires_at
SELECT '{{until}}' BETWEEN UTC_TIMESTAMP(6) + INTERVAL 590 SECOND AND UTC_TIMESTAMP(6) + INTERVAL 600 SECOND AS is_long;
-- => 1
CALL celers_reject('{{id}}', '{{receipt}}', 'boom', NULL);
-- => {{id}} | dead | NULL

-- test: edge values
CALL celers_set_queue_config('mail', '{"max_retries": 1000, "max_crashes": 1000, "lease_s": 86400, "retention_s": 315360000, "dlq_retention_s": 315360000, "aging_threshold_s": 31536000, "aging_boost": 1000, "aging_max_priority": 1000}');
-- => mail | 0 | 1000 | 1000 | * | 86400 | 315360000 | 315360000 | 31536000 | 1000 | 1000 | *
CALL celers_set_queue_config('mail', '{"max_retries": 0, "max_crashes": 0, "lease_s": 1, "retention_s": 0, "dlq_retention_s": 0, "aging_threshold_s": 0, "aging_boost": 1, "aging_max_priority": -32768}');
-- => mail | 0 | 0 | 0 | * | 1 | 0 | 0 | 0 | 1 | -32768 | *

-- test: what is refused changes nothing
CALL celers_set_queue_config('mail', '{"lease_s": 5}');
CALL celers_set_queue_config('mail', '{"max_retries": 1001}');
-- !! RETRIES_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"max_retries": -1}');
-- !! RETRIES_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"max_crashes": 1001}');
-- !! RETRIES_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"lease_s": 0}');
-- !! LEASE_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"lease_s": 86401}');
-- !! LEASE_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"retention_s": -1}');
-- !! RETENTION_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"retention_s": 315360001}');
-- !! RETENTION_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"dlq_retention_s": 3599}');
-- !! RETENTION_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"aging_threshold_s": -1}');
-- !! AGING_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"aging_boost": 0}');
-- !! AGING_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"aging_boost": 1001}');
-- !! AGING_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"aging_max_priority": 1001}');
-- !! AGING_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"aging_max_priority": -32769}');
-- !! AGING_OUT_OF_RANGE
CALL celers_set_queue_config('mail', '{"retry": "fixed"}');
-- !! RETRY_POLICY_INVALID
CALL celers_set_queue_config('mail', '{"retry": {"strategy": "none"}}');
-- !! RETRY_POLICY_INVALID
CALL celers_set_queue_config('mail', '{"lease_s": "soon"}');
-- !! OPTION_INVALID
CALL celers_set_queue_config('mail', '{"lease_s": [5]}');
-- !! OPTION_INVALID
CALL celers_set_queue_config('mail', '{"lease_s": 1e30}');
-- !! OPTION_INVALID
CALL celers_set_queue_config('mail', '{"is_paused": true}');
-- !! UNKNOWN_OPTION
CALL celers_set_queue_config('mail', '[]');
-- !! OPTIONS_INVALID
CALL celers_set_queue_config('mail', '{');
-- !! OPTIONS_INVALID
CALL celers_set_queue_config('a b', '{}');
-- !! QUEUE_NAME_INVALID
CALL celers_set_queue_config(NULL, '{}');
-- !! QUEUE_NAME_INVALID
CALL celers_get_queue_config('mail');
-- => mail | 0 | 3 | 3 | * | 5 | 604800 | 0 | 0 | 1 | 1000 | {"lease_s": 5}
SELECT COUNT(*) FROM celers_queue;
-- => 2
