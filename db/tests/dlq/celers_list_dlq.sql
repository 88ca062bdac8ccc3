CALL celers_list_dlq(NULL, NULL, NULL);
-- => (no rows)

-- test: newest task first, a page at a time, by queue, name and error
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 3}');
CALL celers_enqueue('mail', 'b', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "max_retries": 0}');
CALL celers_enqueue('other', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_dequeue_batch('mail,other', 'w1', 3, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'ValueError: 100% of a_b', '{"retry": false}');
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'no route', NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', NULL, '{"retry": false}');
CALL celers_list_dlq(NULL, NULL, NULL);
-- => 01900000-0000-7000-8000-000000000003 | other | a | permanent | 0 | 1 | 1 | 0 | 3 | * | * | * | w1 | NULL
-- => 01900000-0000-7000-8000-000000000002 | mail | b | exhausted | 0 | 1 | 1 | 0 | 0 | * | * | * | w1 | no route
-- => 01900000-0000-7000-8000-000000000001 | mail | a | permanent | 3 | 1 | 1 | 0 | 3 | * | * | * | w1 | ValueError: 100% of a_b
CALL celers_list_dlq('mail', 1, NULL);
-- => 01900000-0000-7000-8000-000000000002 | mail | b | exhausted | 0 | 1 | 1 | 0 | 0 | * | * | * | w1 | no route
CALL celers_list_dlq('mail', 1, '{"after_id": "01900000-0000-7000-8000-000000000002"}');
-- => 01900000-0000-7000-8000-000000000001 | mail | a | permanent | 3 | 1 | 1 | 0 | 3 | * | * | * | w1 | ValueError: 100% of a_b
CALL celers_list_dlq(NULL, 10, '{"task_name": "b"}');
-- => 01900000-0000-7000-8000-000000000002 | mail | b | exhausted | 0 | 1 | 1 | 0 | 0 | * | * | * | w1 | no route
CALL celers_list_dlq(NULL, 10, '{"error_contains": "0% of a_"}');
-- => 01900000-0000-7000-8000-000000000001 | mail | a | permanent | 3 | 1 | 1 | 0 | 3 | * | * | * | w1 | ValueError: 100% of a_b
CALL celers_list_dlq(NULL, 10, '{"error_contains": "1%0"}');
-- => (no rows)
CALL celers_list_dlq(NULL, 10, '{"error_contains": "_"}');
-- => 01900000-0000-7000-8000-000000000001 | mail | a | permanent | 3 | 1 | 1 | 0 | 3 | * | * | * | w1 | ValueError: 100% of a_b
CALL celers_list_dlq(NULL, 10, '{"error_contains": "valueerror"}');
-- => (no rows)
CALL celers_list_dlq('nowhere', 10, NULL);
-- => (no rows)
SELECT id, queue, task_name, reason, priority, attempt, errors, crashes, worker_id, error_message FROM celers_dlq WHERE queue = 'other';
-- => 01900000-0000-7000-8000-000000000003 | other | a | permanent | 0 | 1 | 1 | 0 | w1 | NULL

-- test: what is refused
CALL celers_list_dlq('a b', NULL, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_list_dlq(NULL, 0, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_list_dlq(NULL, 1001, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_list_dlq(NULL, NULL, '{"after_id": "x"}');
-- !! UUID_INVALID
CALL celers_list_dlq(NULL, NULL, '{"error_like": "%"}');
-- !! UNKNOWN_OPTION
CALL celers_list_dlq(NULL, NULL, '{"error_contains": ["x"]}');
-- !! OPTION_INVALID
CALL celers_list_dlq(NULL, NULL, '7');
-- !! OPTIONS_INVALID
