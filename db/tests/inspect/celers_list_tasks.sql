CALL celers_list_tasks(NULL, NULL, NULL, NULL);
-- => (no rows)

-- test: newest first, a page at a time
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'b', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "delay_s": 600}');
CALL celers_enqueue('other', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004", "priority": -5}');
CALL celers_list_tasks(NULL, NULL, 2, NULL);
-- => 01900000-0000-7000-8000-000000000004 | mail | a | pending | -5 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
-- => 01900000-0000-7000-8000-000000000003 | other | a | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_list_tasks(NULL, NULL, 2, '{"after_id": "01900000-0000-7000-8000-000000000003"}');
-- => 01900000-0000-7000-8000-000000000002 | mail | b | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
-- => 01900000-0000-7000-8000-000000000001 | mail | a | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_list_tasks(NULL, NULL, 2, '{"after_id": "01900000-0000-7000-8000-000000000001"}');
-- => (no rows)
CALL celers_list_tasks('mail', 'pending', 2, '{"after_id": "01900000-0000-7000-8000-000000000004"}');
-- => 01900000-0000-7000-8000-000000000002 | mail | b | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
-- => 01900000-0000-7000-8000-000000000001 | mail | a | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_list_tasks('mail', NULL, 2, '{"task_name": "b"}');
-- => 01900000-0000-7000-8000-000000000002 | mail | b | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_list_tasks(NULL, 'pending', NULL, '{"task_name": "b"}');
-- => 01900000-0000-7000-8000-000000000002 | mail | b | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_list_tasks('mail', 'pending', NULL, '{"task_name": "a", "after_id": null}');
-- => 01900000-0000-7000-8000-000000000004 | mail | a | pending | -5 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
-- => 01900000-0000-7000-8000-000000000001 | mail | a | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL

-- test: every state
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004"}');
CALL celers_dequeue_batch('mail', 'w1', 4, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', '{"retry": false}');
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'boom', '{"retry": false, "dead_letter": false}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000005"}');
CALL celers_cancel('01900000-0000-7000-8000-000000000005', NULL);
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000006"}');
CALL celers_list_tasks('mail', 'completed', 10, NULL);
-- => 01900000-0000-7000-8000-000000000001 | mail | a | completed | 0 | 1 | 0 | 0 | 3 | * | * | * | * | w1 | NULL | NULL
CALL celers_list_tasks('mail', 'dead', 10, NULL);
-- => 01900000-0000-7000-8000-000000000002 | mail | a | dead | 0 | 1 | 1 | 0 | 3 | * | * | * | * | w1 | boom | NULL
CALL celers_list_tasks('mail', 'failed', 10, NULL);
-- => 01900000-0000-7000-8000-000000000003 | mail | a | failed | 0 | 1 | 1 | 0 | 3 | * | * | * | * | w1 | boom | NULL
CALL celers_list_tasks('mail', 'processing', 10, NULL);
-- => 01900000-0000-7000-8000-000000000004 | mail | a | processing | 0 | 1 | 0 | 0 | 3 | * | * | * | NULL | w1 | NULL | *
CALL celers_list_tasks('mail', 'cancelled', 10, NULL);
-- => 01900000-0000-7000-8000-000000000005 | mail | a | cancelled | 0 | 0 | 0 | 0 | 3 | * | * | NULL | * | NULL | NULL | NULL
CALL celers_list_tasks('mail', 'pending', 10, NULL);
-- => 01900000-0000-7000-8000-000000000006 | mail | a | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL
CALL celers_list_tasks('mail', 'expired', 10, NULL);
-- => (no rows)
CALL celers_list_tasks('other', 'processing', 10, NULL);
-- => (no rows)
CALL celers_list_tasks('mail', 'dead', 10, '{"task_name": "b"}');
-- => (no rows)

-- test: what is refused
CALL celers_list_tasks('a b', NULL, NULL, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_list_tasks(NULL, 'running', NULL, NULL);
-- !! STATE_INVALID
CALL celers_list_tasks(NULL, '', NULL, NULL);
-- !! STATE_INVALID
CALL celers_list_tasks(NULL, NULL, 0, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_list_tasks(NULL, NULL, 1001, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_list_tasks(NULL, NULL, 1000, NULL);
-- => (no rows)
CALL celers_list_tasks(NULL, NULL, NULL, '{"after_id": "x"}');
-- !! UUID_INVALID
CALL celers_list_tasks(NULL, NULL, NULL, '{"after_id": {}}');
-- !! OPTION_INVALID
CALL celers_list_tasks(NULL, NULL, NULL, '{"offset": 10}');
-- !! UNKNOWN_OPTION
CALL celers_list_tasks(NULL, NULL, NULL, '"x"');
-- !! OPTIONS_INVALID
