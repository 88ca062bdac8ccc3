-- what is there is handed out at once; no lock is left behind
CALL celers_enqueue('mail', 'a', '{"n": 1.10}', NULL);
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 2000, "poll_ms": 1000}');
-- => * | * | mail | a | {"n": 1.10} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
SELECT RELEASE_ALL_LOCKS();
-- => 0

-- test: where nothing comes it waits as long as asked for
SELECT UTC_TIMESTAMP(6) AS began;
-- save began = began
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 60, "poll_ms": 1}');
-- => (no rows)
SELECT TIMESTAMPDIFF(MICROSECOND, '{{began}}', UTC_TIMESTAMP(6)) >= 60000;
-- => 1
CALL celers_dequeue_wait('mail', NULL, 0, '{"wait_ms": 0}');
-- => (no rows)
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 1, "poll_ms": 1000}');
-- => (no rows)
CALL celers_dequeue_wait('mail', 'w1', 1000, '{"wait_ms": null, "poll_ms": null}');
-- => (no rows)
SELECT TIMESTAMPDIFF(MICROSECOND, '{{began}}', UTC_TIMESTAMP(6)) >= 1060000;
-- => 1
SELECT RELEASE_ALL_LOCKS();
-- => 0

-- test: a task that becomes due while it waits
CALL celers_enqueue('mail', 'a', '{}', '{"delay_s": 0.2}');
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 2000}');
-- => * | * | mail | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed

-- test: how long to wait
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": -1}');
-- !! WAIT_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 2001}');
-- !! WAIT_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": "long"}');
-- !! WAIT_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', 'w1', 1, '{"poll_ms": 0}');
-- !! WAIT_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', 'w1', 1, '{"poll_ms": 1001}');
-- !! WAIT_OUT_OF_RANGE

-- test: a repeated request gives the same tasks
CALL celers_enqueue('mail', 'a', '1', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '2', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('mail', 'a', '3', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_dequeue_wait('mail', 'w1', 2, '{"wait_ms": 0, "request_id": "01900000-0000-7000-8000-000000000009"}');
-- => 01900000-0000-7000-8000-000000000001 | 01900000-0000-7000-8000-000000000009 | mail | a | 1 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000002 | 01900000-0000-7000-8000-000000000009 | mail | a | 2 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_dequeue_wait('mail', 'w1', 2, '{"wait_ms": 0, "request_id": "01900000-0000-7000-8000-000000000009"}');
-- => 01900000-0000-7000-8000-000000000001 | 01900000-0000-7000-8000-000000000009 | mail | a | 1 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000002 | 01900000-0000-7000-8000-000000000009 | mail | a | 2 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_ack('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000009');
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 0, "request_id": "01900000-0000-7000-8000-000000000009"}');
-- => 01900000-0000-7000-8000-000000000002 | 01900000-0000-7000-8000-000000000009 | mail | a | 2 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_queue_size('mail');
-- => 1 | 0 | 1 | 0
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 0, "request_id": null}');
-- => 01900000-0000-7000-8000-000000000003 | * | mail | a | 3 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed

-- test: a repeated request gives the same task where no other is ready
CALL celers_enqueue('mail', 'a', '1', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 0, "request_id": "01900000-0000-7000-8000-000000000009"}');
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 0, "request_id": "01900000-0000-7000-8000-000000000009"}');
-- => 01900000-0000-7000-8000-000000000001 | 01900000-0000-7000-8000-000000000009 | mail | a | 1 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed

-- test: from the low-water marks on, in lanes without one, and in other queues
UPDATE celers_maintenance SET is_enabled = FALSE;
UPDATE celers_upkeep SET next_at = '2100-01-01', mark_count = 2;
INSERT INTO celers_mark VALUES ('mail', 0, '2100-01-01'), ('mail', 5, '2000-01-01');
CALL celers_enqueue('mail', 'a', '1', NULL);
CALL celers_dequeue_wait('mail,slow', 'w1', 1, '{"wait_ms": 20}');
-- => (no rows)
CALL celers_enqueue('slow', 'b', '2', NULL);
CALL celers_dequeue_wait('mail,slow', 'w1', 1, '{"wait_ms": 20}');
-- => * | * | slow | b | 2 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_enqueue('mail', 'c', '3', '{"priority": 9}');
CALL celers_enqueue('mail', 'd', '4', '{"priority": 5}');
CALL celers_enqueue('mail', 'e', '5', '{"priority": 3}');
CALL celers_enqueue('mail', 'f', '6', '{"priority": -1}');
CALL celers_dequeue_wait('slow,mail', 'w1', 1, '{"wait_ms": 20}');
-- => * | * | mail | c | 3 | application/json | NULL | 1 | 9 | NULL | * | NULL | claimed
CALL celers_dequeue_wait('slow,mail', 'w1', 1, '{"wait_ms": 20}');
-- => * | * | mail | d | 4 | application/json | NULL | 1 | 5 | NULL | * | NULL | claimed
CALL celers_dequeue_wait('slow,mail', 'w1', 1, '{"wait_ms": 20}');
-- => * | * | mail | e | 5 | application/json | NULL | 1 | 3 | NULL | * | NULL | claimed
CALL celers_dequeue_wait('slow,mail', 'w1', 1, '{"wait_ms": 20}');
-- => * | * | mail | f | 6 | application/json | NULL | 1 | -1 | NULL | * | NULL | claimed

-- test: several queues in order of preference, paused ones passed over
CALL celers_enqueue('low', 'a', '{}', '{"priority": 9}');
CALL celers_enqueue('high', 'b', '{}', NULL);
CALL celers_enqueue('shut', 'c', '{}', '{"priority": 10}');
CALL celers_pause('shut');
CALL celers_dequeue_wait('shut', 'w1', 1, '{"wait_ms": 0, "lease_s": 60}');
-- => (no rows)
CALL celers_dequeue_wait(' shut, high , low', 'w1', 1, '{"wait_ms": 0, "lease_s": 60}');
-- => * | * | high | b | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_enqueue('high', 'b', '{}', NULL);
CALL celers_dequeue_wait('high,low,shut', 'w1', 10, '{"wait_ms": 0, "lease_s": 60}');
-- => * | * | low | a | {} | application/json | NULL | 1 | 9 | NULL | * | NULL | claimed
-- => * | * | high | b | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
SELECT COUNT(DISTINCT claim_id) FROM celers_running;
-- => 2

-- test: only tasks of given names
CALL celers_enqueue('mail', 'a', '1', NULL);
CALL celers_enqueue('mail', 'b', '2', NULL);
CALL celers_enqueue('mail', 'c', '3', '{"priority": 1}');
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 0, "task_names": []}');
-- => (no rows)
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 0, "task_names": ["B", "x"]}');
-- => (no rows)
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 0, "task_names": ["b", "c"]}');
-- => * | * | mail | c | 3 | application/json | NULL | 1 | 1 | NULL | * | NULL | claimed
-- => * | * | mail | b | 2 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 0, "task_names": null}');
-- => * | * | mail | a | 1 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed

-- test: the lease lasts as long as asked for, else as its queue says
CALL celers_set_queue_config('slow', '{"lease_s": 600}');
CALL celers_enqueue('slow', 'a', '{}', NULL);
CALL celers_enqueue('slow', 'b', '{}', NULL);
CALL celers_enqueue('mail', 'c', '{}', NULL);
CALL celers_enqueue('mail', 'd', '{}', NULL);
CALL celers_dequeue_wait('slow', 'w1', 1, '{"wait_ms": 0, "lease_s": 86400}');
CALL celers_dequeue_wait('slow', 'w1', 1, '{"wait_ms": 0, "lease_s": null}');
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 0, "lease_s": 1}');
CALL celers_dequeue_wait('mail', 'w1', 1, '{"wait_ms": 0, "task_names": null}');
SELECT lease_s, TIMESTAMPDIFF(SECOND, claimed_at, lease_expires_at) FROM celers_running ORDER BY lease_s;
-- => 1 | 1
-- => 60 | 60
-- => 600 | 600
-- => 86400 | 86400

-- test: what is refused
CALL celers_dequeue_wait('mail', 'w1', -1, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', 'w1', 1001, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', 'w1', NULL, NULL);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', '', 1, NULL);
-- !! WORKER_ID_INVALID
CALL celers_dequeue_wait('mail', REPEAT('x', 256), 1, NULL);
-- !! WORKER_ID_INVALID
CALL celers_dequeue_wait('', 'w1', 1, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_dequeue_wait('two words', 'w1', 1, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_dequeue_wait('a,,b', 'w1', 1, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_dequeue_wait('a,', 'w1', 1, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_dequeue_wait('*', 'w1', 1, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_dequeue_wait('mail\n', 'w1', 1, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_dequeue_wait(REPEAT('q', 65), 'w1', 1, NULL);
-- !! QUEUE_NAME_INVALID
CALL celers_dequeue_wait('mail', 'w1', 1, '[]');
-- !! OPTIONS_INVALID
CALL celers_dequeue_wait('mail', 'w1', 1, '{');
-- !! OPTIONS_INVALID
CALL celers_dequeue_wait('mail', 'w1', 1, '');
-- !! OPTIONS_INVALID
CALL celers_dequeue_wait('mail', 'w1', 1, '{"limit": 1}');
-- !! UNKNOWN_OPTION
CALL celers_dequeue_wait('mail', 'w1', 1, '{"request_id": "01900000-0000-7000-8000-000000000001", "limit": 1}');
-- !! UNKNOWN_OPTION
CALL celers_dequeue_wait('mail', 'w1', 1, '{"request_id": "x"}');
-- !! UUID_INVALID
CALL celers_dequeue_wait('mail', 'w1', 1, '{"lease_s": 0}');
-- !! LEASE_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', 'w1', 1, '{"lease_s": 86401}');
-- !! LEASE_OUT_OF_RANGE
CALL celers_dequeue_wait('mail', 'w1', 1, '{"lease_s": "long"}');
-- !! OPTION_INVALID
CALL celers_dequeue_wait('mail', 'w1', 1, '{"task_names": "a"}');
-- !! OPTION_INVALID
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
START TRANSACTION;
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 0, "lease_s": 60}');
-- => 01900000-0000-7000-8000-000000000001 | * | mail | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- save r = receipt
CALL celers_dequeue_wait('mail', 'w1', 1001, NULL);
-- !! LIMIT_OUT_OF_RANGE
ROLLBACK;
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- !! LEASE_LOST
CALL celers_dequeue_wait('mail', 'w1', 10, '{"wait_ms": 0, "lease_s": 60}');
-- => 01900000-0000-7000-8000-000000000001 | * | mail | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
