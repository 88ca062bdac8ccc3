-- max_retries counts the retries after the first attempt; then it is a dead letter
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "max_retries": 2}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom 1', '{"delay_s": 0}');
-- => 01900000-0000-7000-8000-000000000001 | retried | *
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom 2', '{"delay_s": 0}');
-- => 01900000-0000-7000-8000-000000000001 | retried | *
CALL celers_dequeue_batch('mail', 'w2', 1, NULL);
-- => 01900000-0000-7000-8000-000000000001 | * | mail | a | {} | application/json | NULL | 3 | 0 | NULL | * | NULL | claimed
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom 3', '{"delay_s": 0}');
-- => 01900000-0000-7000-8000-000000000001 | dead | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom 3', '{"delay_s": 0}');
-- => 01900000-0000-7000-8000-000000000001 | dead | NULL
SELECT reason, attempt, errors, crashes, worker_id, error FROM celers_dead;
-- => exhausted | 3 | 3 | 0 | w2 | boom 3
SELECT attempt, outcome, worker_id, error FROM celers_attempt ORDER BY attempt;
-- => 1 | retried | w1 | boom 1
-- => 2 | retried | w1 | boom 2

-- test: no retries at all, by the task, by its queue
CALL celers_set_queue_config('mail', '{"max_retries": 0}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('other', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "max_retries": 0}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003", "max_retries": 1}');
CALL celers_dequeue_batch('mail,other', 'w1', 9, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, NULL);
-- => 01900000-0000-7000-8000-000000000001 | dead | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', NULL, NULL);
-- => 01900000-0000-7000-8000-000000000002 | dead | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', NULL, NULL);
-- => 01900000-0000-7000-8000-000000000003 | retried | *

-- test: backoff without a policy of its own: a second, less up to a quarter
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
-- => 01900000-0000-7000-8000-000000000001 | retried | *
-- save due = due_at
SELECT TIMESTAMPDIFF(MICROSECOND, ended_at, due_at) BETWEEN 750000 AND 1000000, due_at = '{{due}}' FROM celers_attempt;
-- => 1 | 1
SELECT due_at = '{{due}}', attempt, errors FROM celers_scheduled;
-- => 1 | 1 | 1
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
-- => 01900000-0000-7000-8000-000000000001 | retried | {{due}}
SELECT COUNT(*) FROM celers_attempt;
-- => 1

-- test: fixed
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "retry": {"strategy": "fixed", "base_s": 400.5, "max_s": 7}}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
-- save due = due_at
SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), '{{due}}') BETWEEN 300000000 AND 400500000;
-- => 1
UPDATE celers_scheduled AS s JOIN celers_task AS t ON t.id = s.id SET s.due_at = '2026-01-01', t.due_at = '2026-01-01';
CALL celers_promote_due(100);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
SELECT TIMESTAMPDIFF(MICROSECOND, ended_at, due_at) FROM celers_attempt ORDER BY attempt;
-- => 400500000
-- => 400500000

-- test: linear, up to max_s
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "retry": {"strategy": "linear", "base_s": 5, "max_s": 12}}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
UPDATE celers_scheduled AS s JOIN celers_task AS t ON t.id = s.id SET s.due_at = '2026-01-01', t.due_at = '2026-01-01';
CALL celers_promote_due(100);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
UPDATE celers_scheduled AS s JOIN celers_task AS t ON t.id = s.id SET s.due_at = '2026-01-01', t.due_at = '2026-01-01';
CALL celers_promote_due(100);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
SELECT TIMESTAMPDIFF(MICROSECOND, ended_at, due_at) FROM celers_attempt ORDER BY attempt;
-- => 5000000
-- => 10000000
-- => 12000000

-- test: exponential, up to max_s, with as many errors as there may be
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "retry": {"strategy": "exponential", "base_s": 2, "multiplier": 3, "max_s": 1000}}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "retry": {"strategy": "exponential", "base_s": 2, "multiplier": 3, "max_s": 1000}}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003", "retry": {"strategy": "exponential", "base_s": 2, "multiplier": 10}, "max_retries": 1000}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004", "retry": {"strategy": "exponential"}}');
CALL celers_dequeue_batch('mail', 'w1', 9, NULL);
-- save r = receipt
UPDATE celers_running SET errors = 2 WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000002');
UPDATE celers_running SET errors = 999 WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000003');
UPDATE celers_running SET errors = 1 WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000004');
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'boom', NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000004', '{{r}}', 'boom', NULL);
SELECT TIMESTAMPDIFF(MICROSECOND, ended_at, due_at) FROM celers_attempt ORDER BY id;
-- => 2000000
-- => 18000000
-- => 300000000
-- => 2000000

-- test: exponential_jitter takes off up to a quarter
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "retry": {"strategy": "exponential_jitter", "base_s": 100, "multiplier": 2, "max_s": 150}}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "retry": {"strategy": "exponential_jitter", "base_s": 100, "multiplier": 2, "max_s": 150}}');
CALL celers_dequeue_batch('mail', 'w1', 9, NULL);
-- save r = receipt
UPDATE celers_running SET errors = 2 WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000002');
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'boom', NULL);
SELECT TIMESTAMPDIFF(MICROSECOND, ended_at, due_at) BETWEEN 75000000 AND 100000000, TIMESTAMPDIFF(MICROSECOND, ended_at, due_at) BETWEEN 112500000 AND 150000000 FROM celers_attempt ORDER BY id;
-- => 1 | 0
-- => 0 | 1

-- test: a delay instead of the policy's; permanent; without a dead letter
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004", "max_retries": 0}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000005"}');
CALL celers_dequeue_batch('mail', 'w1', 9, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'a', '{"delay_s": 12.5}');
-- => 01900000-0000-7000-8000-000000000001 | retried | *
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', 'b', '{"retry": false, "delay_s": 5}');
-- => 01900000-0000-7000-8000-000000000002 | dead | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'c', '{"retry": false, "dead_letter": false}');
-- => 01900000-0000-7000-8000-000000000003 | failed | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000004', '{{r}}', 'd', '{"dead_letter": false}');
-- => 01900000-0000-7000-8000-000000000004 | failed | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000005', '{{r}}', 'e', '{"dead_letter": false}');
-- => 01900000-0000-7000-8000-000000000005 | retried | *
SELECT TIMESTAMPDIFF(MICROSECOND, ended_at, due_at) FROM celers_attempt WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000001');
-- => 12500000
SELECT reason, error FROM celers_dead;
-- => permanent | b
SELECT state, errors, error FROM celers_finished ORDER BY id;
-- => failed | 1 | c
-- => failed | 1 | d

-- test: released without counting an error, however often
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "max_retries": 0}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, '{"release": true}');
-- => 01900000-0000-7000-8000-000000000001 | released | *
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', NULL, '{"release": true}');
-- => 01900000-0000-7000-8000-000000000001 | released | *
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- => 01900000-0000-7000-8000-000000000001 | * | mail | a | {} | application/json | NULL | 2 | 0 | NULL | * | NULL | claimed
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'later', '{"release": true, "delay_s": 30}');
-- => 01900000-0000-7000-8000-000000000001 | released | *
SELECT attempt, errors FROM celers_scheduled;
-- => 2 | 0
SELECT attempt, outcome, error FROM celers_attempt ORDER BY attempt;
-- => 1 | released | NULL
-- => 2 | released | later

-- test: a running task whose cancellation was asked for
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
CALL celers_cancel('01900000-0000-7000-8000-000000000002', NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'stopped', NULL);
-- => 01900000-0000-7000-8000-000000000001 | cancelled | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', NULL, '{"release": true}');
-- => 01900000-0000-7000-8000-000000000002 | cancelled | NULL
SELECT state, worker_id, error FROM celers_finished ORDER BY id;
-- => cancelled | w1 | stopped
-- => cancelled | w1 | NULL

-- test: a task that cancels itself: no retry, no dead letter, no error counted, and why is kept
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002", "max_retries": 0}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_dequeue_batch('mail', 'w1', 3, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'nothing to do', '{"cancel": true}');
-- => 01900000-0000-7000-8000-000000000001 | cancelled | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'late', NULL);
-- => 01900000-0000-7000-8000-000000000001 | cancelled | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', NULL, '{"cancel": true, "release": false, "delay_s": null, "retry": true, "dead_letter": true}');
-- => 01900000-0000-7000-8000-000000000002 | cancelled | NULL
CALL celers_reject('01900000-0000-7000-8000-000000000003', '{{r}}', 'boom', '{"cancel": false, "release": true, "delay_s": 30}');
-- => 01900000-0000-7000-8000-000000000003 | released | *
SELECT state, errors, worker_id, error FROM celers_finished ORDER BY id;
-- => cancelled | 0 | w1 | nothing to do
-- => cancelled | 0 | w1 | NULL
SELECT COUNT(*) FROM celers_dead;
-- => 0

-- test: cancel with what contradicts it, whoever holds the lease
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"cancel": true, "release": true}');
-- !! OPTIONS_CONTRADICTORY
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"cancel": true, "delay_s": 0}');
-- !! OPTIONS_CONTRADICTORY
CALL celers_reject('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000009', 'boom', '{"cancel": true, "delay_s": 5}');
-- !! OPTIONS_CONTRADICTORY
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"cancel": "yes"}');
-- !! ITEMS_INVALID
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0

-- test: the reason of a cancellation stands before the error
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000003"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000004"}');
CALL celers_dequeue_batch('mail', 'w1', 4, NULL);
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '{"reason": "too late"}');
CALL celers_cancel('01900000-0000-7000-8000-000000000002', NULL);
CALL celers_cancel('01900000-0000-7000-8000-000000000002', '{"reason": "too late"}');
CALL celers_cancel('01900000-0000-7000-8000-000000000002', '{"reason": "and wrong"}');
CALL celers_cancel_batch('["01900000-0000-7000-8000-000000000003"]', '{"reason": "too late"}');
CALL celers_cancel('01900000-0000-7000-8000-000000000004', '{"reason": "too late"}');
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'stopped', NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000002', '{{r}}', NULL, '{"cancel": true}');
UPDATE celers_running SET lease_expires_at = '2026-01-01' WHERE id = UUID_TO_BIN('01900000-0000-7000-8000-000000000003');
CALL celers_recover_expired(100);
CALL celers_ack('01900000-0000-7000-8000-000000000004', '{{r}}');
SELECT state, REPLACE(error, '\n', ' / ') FROM celers_finished ORDER BY id;
-- => cancelled | too late / stopped
-- => cancelled | too late
-- => cancelled | too late / LeaseExpired: worker w1 did not extend its lease
-- => completed | NULL

-- test: crashes are counted apart from errors, and end as a dead letter of their own kind
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001", "max_retries": 0}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(100);
-- => 1
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'late', NULL);
-- !! LEASE_LOST
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(100);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(100);
SELECT attempt, errors, crashes FROM celers_ready;
-- => 3 | 0 | 3
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(100);
SELECT reason, attempt, errors, crashes FROM celers_dead;
-- => crashed | 4 | 0 | 4

-- test: the error is kept whole
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', CONCAT('"😀"\n\\', REPEAT('x', 100000), '\0.'), NULL);
SELECT error = CONCAT('"😀"\n\\', REPEAT('x', 100000), '\0.') FROM celers_attempt;
-- => 1

-- test: what is refused
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000009', 'boom', NULL);
-- !! LEASE_LOST
CALL celers_reject('01900000-0000-7000-8000-000000000009', '{{r}}', 'boom', NULL);
-- !! TASK_NOT_FOUND
CALL celers_reject('x', '{{r}}', 'boom', NULL);
-- !! UUID_INVALID
CALL celers_reject('01900000-0000-7000-8000-000000000001', NULL, 'boom', NULL);
-- !! UUID_INVALID
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '[]');
-- !! OPTIONS_INVALID
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{');
-- !! OPTIONS_INVALID
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"error": "x"}');
-- !! UNKNOWN_OPTION
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"retry": "no"}');
-- !! ITEMS_INVALID
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": "long"}');
-- !! ITEMS_INVALID
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": -1}');
-- !! DUE_OUT_OF_RANGE
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 315360001}');
-- !! DUE_OUT_OF_RANGE
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 315360000, "retry": null, "release": null, "dead_letter": null}');
-- => 01900000-0000-7000-8000-000000000001 | retried | *

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
START TRANSACTION;
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', NULL);
CALL celers_reject('01900000-0000-7000-8000-000000000009', '{{r}}', 'boom', NULL);
-- !! TASK_NOT_FOUND
ROLLBACK;
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
SELECT COUNT(*) FROM celers_attempt;
-- => 0
