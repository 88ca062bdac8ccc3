-- a lost lease is a crash: ready again, then dead; its old receipt is refused
CALL celers_set_queue_config('mail', '{"max_crashes": 1}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_recover_expired(NULL);
-- => 0
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(NULL);
-- => 1
CALL celers_recover_expired(NULL);
-- => 0
SELECT attempt, errors, crashes FROM celers_ready;
-- => 1 | 0 | 1
SELECT attempt, outcome, worker_id FROM celers_attempts;
-- => 1 | crashed | w1
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- !! LEASE_LOST
CALL celers_dequeue_batch('mail', 'w2', 1, NULL);
-- save r = receipt
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(10);
-- => 1
SELECT BIN_TO_UUID(id), reason, attempt, errors, crashes, worker_id FROM celers_dead;
-- => 01900000-0000-7000-8000-000000000001 | crashed | 2 | 0 | 2 | w2

-- test: an extended lease counts from its extension
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_extend('{{r}}', 3600);
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(10);
-- => 0
UPDATE celers_claim SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(10);
-- => 1
CALL celers_queue_size('mail');
-- => 1 | 0 | 0 | 0

-- test: cancellation was asked for
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
-- => * | cancel_requested
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(10);
SELECT state FROM celers_tasks;
-- => cancelled

-- test: limits
CALL celers_recover_expired(0);
-- !! LIMIT_OUT_OF_RANGE
CALL celers_recover_expired(1001);
-- !! LIMIT_OUT_OF_RANGE
