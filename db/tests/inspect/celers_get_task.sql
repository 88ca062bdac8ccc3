-- a new task
CALL celers_enqueue('mail', 'send', '{"to": 1.10}', '{"task_id": "01900000-0000-7000-8000-000000000001", "priority": 4, "max_retries": 7, "timeout_s": 30, "expires_s": 60, "headers": {"trace": 1}, "retry": {"strategy": "fixed"}}');
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | mail | send | pending | 4 | 0 | 0 | 0 | 7 | * | * | NULL | NULL | NULL | NULL | NULL | NULL | 30 | * | {"strategy": "fixed"} | {"trace": 1} | application/json | {"to": 1.10} | NULL
CALL celers_get_task('01900000000070008000000000000001');
-- => 01900000-0000-7000-8000-000000000001 | * | * | * | * | * | * | * | * | * | * | * | * | * | * | * | * | * | * | * | * | * | * | *

-- test: through a life of errors
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => * | mail | send | processing | 0 | 1 | 0 | 0 | 3 | * | * | * | NULL | w1 | NULL | * | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL
-- save until = lease_expires_at
SELECT '{{until}}' > UTC_TIMESTAMP(6) AS is_leased;
-- => 1
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom 1', '{"delay_s": 0}');
-- => * | retried | *
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => * | mail | send | pending | 0 | 1 | 1 | 0 | 3 | * | * | NULL | NULL | NULL | boom 1 | NULL | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL
CALL celers_dequeue_batch('mail', 'w2', 1, NULL);
-- save r = receipt
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => * | mail | send | processing | 0 | 2 | 1 | 0 | 3 | * | * | * | NULL | w2 | boom 1 | * | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom 2', '{"delay_s": 600}');
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => * | mail | send | pending | 0 | 2 | 2 | 0 | 3 | * | * | NULL | NULL | NULL | boom 2 | NULL | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL
-- save due = due_at
SELECT '{{due}}' > UTC_TIMESTAMP(6) + INTERVAL 500 SECOND AS is_later;
-- => 1

-- test: dead, with its last error, and after it came back
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "max_retries": 0}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => * | mail | send | dead | 0 | 1 | 1 | 0 | 0 | * | * | * | * | w1 | boom | NULL | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL
CALL celers_requeue_from_dlq('01900000-0000-7000-8000-000000000001');
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => * | mail | send | pending | 0 | 1 | 0 | 0 | 0 | * | * | NULL | NULL | NULL | boom | NULL | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL

-- test: completed, cancelled, failed
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => * | mail | send | completed | 0 | 1 | 0 | 0 | 3 | * | * | * | * | w1 | NULL | NULL | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_cancel('01900000-0000-7000-8000-000000000002', '{"reason": "not wanted"}');
CALL celers_get_task('01900000-0000-7000-8000-000000000002');
-- => * | mail | send | cancelled | 0 | 0 | 0 | 0 | 3 | * | * | NULL | * | NULL | not wanted | NULL | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'boom', '{"retry": false, "dead_letter": false}');
CALL celers_get_task('01900000-0000-7000-8000-000000000003');
-- => * | mail | send | failed | 0 | 1 | 1 | 0 | 3 | * | * | * | * | w1 | boom | NULL | NULL | NULL | NULL | NULL | NULL | application/json | {} | NULL

-- test: cancellation is asked for; a lease is extended
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
CALL celers_extend('{{r}}', 3600);
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- save until = lease_expires_at
-- save asked = cancel_requested_at
SELECT '{{until}}' > UTC_TIMESTAMP(6) + INTERVAL 3500 SECOND AS is_extended, '{{asked}}' <= UTC_TIMESTAMP(6) AS is_asked;
-- => 1 | 1

-- test: a payload of bytes, and plain text
CALL celers_enqueue('mail', 'send', x'00FF', '{"content_type": "application/octet-stream", "task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_get_task('01900000-0000-7000-8000-000000000001');
-- => * | mail | send | pending | 0 | 0 | 0 | 0 | 3 | * | * | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | application/octet-stream | NULL | 0x00FF

-- test: a queue's own max_retries is shown, unless the task brought one
CALL celers_set_queue_config('mail', '{"max_retries": 8}');
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
SELECT max_retries FROM celers_tasks WHERE id_bin = UUID_TO_BIN('01900000-0000-7000-8000-000000000001');
-- => 8

-- test: unknown and bad ids
CALL celers_get_task('01900000-0000-7000-8000-000000000009');
-- !! TASK_NOT_FOUND
CALL celers_get_task('nonsense');
-- !! UUID_INVALID
CALL celers_get_task(NULL);
-- !! UUID_INVALID
