-- a task that never told, and one that does not exist
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => (no rows)
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000002');
-- => (no rows)
CALL celers_get_task_progress('x');
-- !! UUID_INVALID
CALL celers_get_task_progress(NULL);
-- !! UUID_INVALID

-- test: what it told last, of this task and no other
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 50, '{"step": "first"}');
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000002', '{{r}}', 51, '{"step": "other"}');
CALL celers_update_task_progress('01900000-0000-7000-8000-000000000001', '{{r}}', 49.5, '{"step": "again"}');
CALL celers_get_task_progress('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | 49.5 | again | NULL | NULL | *
