CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}, {"task_name": "a", "payload": "{}"}]', NULL);
CALL celers_dequeue_batch('mail', 'w1', 2, '{"lease_s": 30}');
-- save id = task_id
-- save r1 = receipt
CALL celers_dequeue_batch('mail', 'w2', 2, '{"lease_s": 90}');
-- save id2 = task_id
-- save r2 = receipt
CALL celers_cancel('{{id}}', NULL);
SELECT receipt, worker_id, lease_s, TIMESTAMPDIFF(SECOND, claimed_at, lease_expires_at), is_expired, running, cancel_requested FROM celers_leases ORDER BY worker_id;
-- => {{r1}} | w1 | 30 | 30 | 0 | 2 | 1
-- => {{r2}} | w2 | 90 | 90 | 0 | 1 | 0
CALL celers_extend('{{r1}}', 600);
CALL celers_ack('{{id2}}', '{{r2}}');
SELECT worker_id, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), lease_expires_at) > 590 FROM celers_leases;
-- => w1 | 1
UPDATE celers_running SET lease_expires_at = '2026-01-01';
UPDATE celers_claim SET lease_expires_at = '2026-01-01';
SELECT is_expired FROM celers_leases;
-- => 1
