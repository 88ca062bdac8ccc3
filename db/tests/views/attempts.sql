-- every attempt leaves a row
CALL celers_set_queue_config('mail', '{"max_crashes": 9}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
SELECT COUNT(*) FROM celers_attempts;
-- => 0
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'boom', '{"delay_s": 0}');
CALL celers_dequeue_batch('mail', 'w2', 1, NULL);
-- save r = receipt
CALL celers_reject('01900000-0000-7000-8000-000000000001', '{{r}}', 'not now', '{"release": true}');
CALL celers_dequeue_batch('mail', 'w3', 1, NULL);
UPDATE celers_running SET lease_expires_at = '2026-01-01';
CALL celers_recover_expired(NULL);
CALL celers_dequeue_batch('mail', 'w4', 1, NULL);
-- save r = receipt
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
SELECT id, attempt, outcome, worker_id, started_at >= ready_at, ended_at >= started_at, due_at >= ended_at, error FROM celers_attempts WHERE id_bin = UUID_TO_BIN('01900000-0000-7000-8000-000000000001') ORDER BY attempt;
-- => 01900000-0000-7000-8000-000000000001 | 1 | retried | w1 | 1 | 1 | 1 | boom
-- => 01900000-0000-7000-8000-000000000001 | 2 | released | w2 | 1 | 1 | 1 | not now
-- => 01900000-0000-7000-8000-000000000001 | 3 | crashed | w3 | 1 | * | 1 | LeaseExpired: worker w3 did not extend its lease
-- => 01900000-0000-7000-8000-000000000001 | 4 | completed | w4 | 1 | 1 | NULL | NULL

-- test: an end without an attempt
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_cancel('01900000-0000-7000-8000-000000000001', '{"reason": "not wanted"}');
SELECT attempt, outcome, worker_id, started_at, error FROM celers_attempts;
-- => 0 | cancelled | NULL | NULL | not wanted
