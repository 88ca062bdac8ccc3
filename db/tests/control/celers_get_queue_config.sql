-- a queue without settings has the defaults
CALL celers_get_queue_config('mail');
-- => mail | 0 | 3 | 3 | {"max_s": 300, "base_s": 1, "strategy": "exponential_jitter", "multiplier": 2} | 60 | 604800 | 0 | 0 | 1 | 1000 | {}
SELECT COUNT(*) FROM celers_queue WHERE queue = 'mail';
-- => 0
CALL celers_get_queue_config('*');
-- => * | 0 | 3 | 3 | * | 60 | 604800 | 0 | 0 | 1 | 1000 | *

-- test: a queue with its own
CALL celers_set_queue_config('mail', '{"retry": {"strategy": "fixed", "base_s": 2}, "aging_threshold_s": 60}');
CALL celers_pause('mail');
CALL celers_get_queue_config('mail');
-- => mail | 1 | 3 | 3 | {"base_s": 2, "strategy": "fixed"} | 60 | 604800 | 0 | 60 | 1 | 1000 | {"retry": {"base_s": 2, "strategy": "fixed"}, "aging_threshold_s": 60}

-- test: bad names
CALL celers_get_queue_config(NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_get_queue_config('**');
-- !! QUEUE_NAME_INVALID
