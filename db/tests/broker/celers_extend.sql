-- the lease is counted from now, one row for all tasks of the claim
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_extend('{{r}}', 86400);
-- => {{r}} | * | 0 | []
-- save until = lease_expires_at
SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), '{{until}}') BETWEEN 86300 AND 86400;
-- => 1
SELECT COUNT(*) FROM celers_claim WHERE lease_expires_at = '{{until}}';
-- => 1
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(100);
-- => 0

-- test: a lease is not shortened
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_dequeue_batch('mail', 'w1', 1, '{"lease_s": 3600}');
-- save r = receipt
-- save until = lease_expires_at
CALL celers_extend('{{r}}', 1);
-- => {{r}} | {{until}} | 0 | []

-- test: it tells whose cancellation is asked for
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_dequeue_batch('mail', 'w1', 2, NULL);
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000002', NULL);
CALL celers_extend('{{r}}', 600);
-- => {{r}} | * | 1 | ["01900000-0000-7000-8000-000000000002"]
CALL celers_cancel('01900000-0000-7000-8000-000000000001', NULL);
CALL celers_extend('{{r}}', 660);
-- => {{r}} | * | 2 | ["01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"]

-- test: a lease that was lost, or ended
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_extend('{{r}}', 60);
UPDATE celers_running SET lease_expires_at = '2026-01-01';
UPDATE celers_claim SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(100);
-- => 1
CALL celers_extend('{{r}}', 60);
-- !! LEASE_LOST
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
CALL celers_extend('{{r}}', 60);
-- !! LEASE_LOST

-- test: what is refused
CALL celers_extend('x', 60);
-- !! UUID_INVALID
CALL celers_extend(NULL, 60);
-- !! UUID_INVALID
CALL celers_extend('01900000-0000-7000-8000-000000000001', 60);
-- !! LEASE_LOST
CALL celers_extend('01900000-0000-7000-8000-000000000001', 0);
-- !! LEASE_OUT_OF_RANGE
CALL celers_extend('01900000-0000-7000-8000-000000000001', -1);
-- !! LEASE_OUT_OF_RANGE
CALL celers_extend('01900000-0000-7000-8000-000000000001', 86401);
-- !! LEASE_OUT_OF_RANGE
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SELECT COUNT(*) FROM celers_claim;
-- => 0

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
START TRANSACTION;
CALL celers_extend('{{r}}', 600);
CALL celers_extend('01900000-0000-7000-8000-000000000001', 600);
-- !! LEASE_LOST
ROLLBACK;
SELECT COUNT(*) FROM celers_claim;
-- => 0
