-- acknowledge, reject, extend and claim at once; only what did not go as asked has a row
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "2", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "3", "task_id": "01900000-0000-7000-8000-000000000003"}, {"task_name": "a", "payload": "4.10", "task_id": "01900000-0000-7000-8000-000000000004"}, {"task_name": "a", "payload": "5", "task_id": "01900000-0000-7000-8000-000000000005"}]', NULL);
CALL celers_step('w1', NULL, NULL, '{"queues": "mail", "limit": 3}');
-- => 01900000-0000-7000-8000-000000000001 | * | mail | a | 1 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000002 | * | mail | a | 2 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000003 | * | mail | a | 3 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- save r = receipt
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "1.10"}]', '[{"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}", "error": "boom", "delay_s": 60}]', '{"queues": "mail", "limit": 1, "extend": ["{{r}}"], "extend_s": 3600}');
-- => 01900000-0000-7000-8000-000000000004 | * | mail | a | 4.10 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
SELECT BIN_TO_UUID(claim_id), TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), lease_expires_at) BETWEEN 3500 AND 3600 FROM celers_claim;
-- => {{r}} | 1
SELECT BIN_TO_UUID(id), state FROM celers_finished;
-- => 01900000-0000-7000-8000-000000000001 | completed
SELECT BIN_TO_UUID(id), errors FROM celers_scheduled;
-- => 01900000-0000-7000-8000-000000000002 | 1
CALL celers_get_result('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | a | SUCCESS | 1.10 | NULL | NULL | * | * | *

-- test: notices: lost, not_found, cancel_requested; and the next tasks with them
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "2", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "3", "task_id": "01900000-0000-7000-8000-000000000003"}]', NULL);
CALL celers_step('w1', NULL, NULL, '{"queues": "mail", "limit": 2}');
-- save r = receipt
CALL celers_cancel('01900000-0000-7000-8000-000000000002', NULL);
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000003", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]', '[{"task_id": "01900000-0000-7000-8000-000000000008", "receipt": "{{r}}"}]', '{"queues": "mail", "limit": 9, "extend": ["{{r}}", "01900000-0000-7000-8000-000000000009"]}');
-- => 01900000-0000-7000-8000-000000000003 | * | mail | a | 3 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => 01900000-0000-7000-8000-000000000003 | {{r}} | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | lost
-- => 01900000-0000-7000-8000-000000000008 | {{r}} | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | not_found
-- => 01900000-0000-7000-8000-000000000002 | {{r}} | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | cancel_requested
-- => NULL | 01900000-0000-7000-8000-000000000009 | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | lost
CALL celers_step('w1', NULL, '[{"task_id": "01900000-0000-7000-8000-000000000002", "receipt": "{{r}}", "error": "stopped"}]', '{"limit": 0}');
-- => (no rows)
SELECT BIN_TO_UUID(id), state, error FROM celers_finished ORDER BY id;
-- => 01900000-0000-7000-8000-000000000001 | completed | NULL
-- => 01900000-0000-7000-8000-000000000002 | cancelled | stopped

-- test: whole claims; one that holds another number of tasks is left alone, and told of
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "2", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "3", "task_id": "01900000-0000-7000-8000-000000000003"}, {"task_name": "a", "payload": "4", "task_id": "01900000-0000-7000-8000-000000000004"}, {"task_name": "a", "payload": "5", "task_id": "01900000-0000-7000-8000-000000000005"}]', NULL);
CALL celers_step('w1', NULL, NULL, '{"queues": "mail", "limit": 2}');
-- save r = receipt
CALL celers_step('w1', NULL, NULL, '{"queues": "mail", "limit": 2}');
-- save s = receipt
CALL celers_step('w1', NULL, NULL, '{"queues": "mail", "limit": 1, "request_id": "01900000-0000-7000-8000-00000000000a", "ack_claims": {"{{r}}": 2, "{{s}}": 1}}');
-- => 01900000-0000-7000-8000-000000000005 | 01900000-0000-7000-8000-00000000000a | mail | a | 5 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
-- => NULL | {{s}} | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | incomplete
SELECT BIN_TO_UUID(id), state, attempt, errors, crashes, worker_id, BIN_TO_UUID(claim_id), started_at <= finished_at FROM celers_finished ORDER BY id;
-- => 01900000-0000-7000-8000-000000000001 | completed | 1 | 0 | 0 | w1 | {{r}} | 1
-- => 01900000-0000-7000-8000-000000000002 | completed | 1 | 0 | 0 | w1 | {{r}} | 1
CALL celers_queue_size('mail');
-- => 0 | 0 | 3 | 0
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}, {"task_id": "01900000-0000-7000-8000-000000000003", "receipt": "{{s}}"}]', '[{"task_id": "01900000-0000-7000-8000-000000000004", "receipt": "{{s}}", "error": "x"}]', '{"limit": 0, "ack_claims": {"{{r}}": 2, "01900000-0000-7000-8000-00000000000a": 1, "01900000-0000-7000-8000-00000000000b": 0}}');
-- => NULL | {{r}} | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | incomplete
CALL celers_queue_size('mail');
-- => 0 | 1 | 0 | 0

-- test: whole claims that are refused change nothing
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_step('w1', NULL, NULL, '{"queues": "mail"}');
-- save r = receipt
CALL celers_step('w1', NULL, NULL, '{"ack_claims": {"{{r}}": 1, "x": 1}}');
-- !! UUID_INVALID
CALL celers_step('w1', NULL, NULL, '{"ack_claims": {"{{r}}": "1"}}');
-- !! OPTION_INVALID
CALL celers_step('w1', NULL, NULL, '{"ack_claims": {"{{r}}": 1.5}}');
-- !! OPTION_INVALID
CALL celers_step('w1', NULL, NULL, '{"ack_claims": ["{{r}}"]}');
-- !! OPTION_INVALID
CALL celers_step('w1', NULL, NULL, '{"ack_claims": {"{{r}}": 1}, "queues": "two words"}');
-- !! QUEUE_NAME_INVALID
START TRANSACTION;
CALL celers_step('w1', NULL, NULL, '{"limit": 0, "ack_claims": {"{{r}}": 1}}');
-- => (no rows)
ROLLBACK;
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
CALL celers_step('w1', NULL, NULL, '{"limit": 0, "ack_claims": null}');
-- => (no rows)
CALL celers_step('w1', NULL, NULL, '{"limit": 0, "ack_claims": {}}');
-- => (no rows)

-- test: a repeated step gives the same tasks and ends nothing twice
CALL celers_enqueue_batch('mail', '[{"task_name": "a", "payload": "1", "task_id": "01900000-0000-7000-8000-000000000001"}, {"task_name": "a", "payload": "2", "task_id": "01900000-0000-7000-8000-000000000002"}, {"task_name": "a", "payload": "3", "task_id": "01900000-0000-7000-8000-000000000003"}]', NULL);
CALL celers_step('w1', NULL, NULL, '{"queues": "mail", "request_id": "01900000-0000-7000-8000-000000000007"}');
-- => 01900000-0000-7000-8000-000000000001 | 01900000-0000-7000-8000-000000000007 | mail | a | 1 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "01900000-0000-7000-8000-000000000007"}]', NULL, '{"queues": "mail", "request_id": "01900000-0000-7000-8000-000000000008"}');
-- => 01900000-0000-7000-8000-000000000002 | 01900000-0000-7000-8000-000000000008 | mail | a | 2 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "01900000-0000-7000-8000-000000000007"}]', NULL, '{"queues": "mail", "request_id": "01900000-0000-7000-8000-000000000008"}');
-- => 01900000-0000-7000-8000-000000000002 | 01900000-0000-7000-8000-000000000008 | mail | a | 2 | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_queue_size('mail');
-- => 1 | 0 | 1 | 0

-- test: defaults: one task of the queue default, for a worker named by its connection
CALL celers_enqueue('default', 'a', '{}', NULL);
CALL celers_enqueue('default', 'b', '{}', NULL);
CALL celers_step(NULL, NULL, NULL, NULL);
-- => * | * | default | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
SELECT worker_id = CONCAT('sql:', CONNECTION_ID()), lease_s FROM celers_running;
-- => 1 | 60
CALL celers_step('w1', '[]', '[]', '{"queues": null, "limit": null, "extend": null, "request_id": null, "lease_s": null, "task_names": null}');
-- => * | * | default | b | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_step('w1', NULL, NULL, '{}');
-- => (no rows)

-- test: queues in order of preference, names, lease; paused ones passed over
CALL celers_enqueue('low', 'a', '{}', '{"priority": 9}');
CALL celers_enqueue('high', 'b', '{}', NULL);
CALL celers_enqueue('shut', 'b', '{}', NULL);
CALL celers_pause('shut');
CALL celers_step('w1', NULL, NULL, '{"queues": "shut, high, low", "lease_s": 600, "task_names": ["a"], "limit": 1000}');
-- => * | * | low | a | {} | application/json | NULL | 1 | 9 | NULL | * | NULL | claimed
CALL celers_step('w1', NULL, NULL, '{"queues": "shut, high, low", "lease_s": 600}');
-- => * | * | high | b | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
SELECT TIMESTAMPDIFF(SECOND, claimed_at, lease_expires_at) FROM celers_running;
-- => 600
-- => 600

-- test: an extension without seconds is as long as the lease was asked for
CALL celers_enqueue('mail', 'a', '{}', NULL);
CALL celers_step('w1', NULL, NULL, '{"queues": "mail", "lease_s": 7200}');
-- save r = receipt
CALL celers_step('w1', NULL, NULL, '{"limit": 0, "extend": ["{{r}}"]}');
-- => (no rows)
SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), lease_expires_at) BETWEEN 7100 AND 7200 FROM celers_claim;
-- => 1

-- test: a task that cancels itself
CALL celers_enqueue('default', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue();
-- save r = receipt
CALL celers_step('w1', NULL, '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "cancel": true, "delay_s": 1}]', NULL);
-- !! OPTIONS_CONTRADICTORY
CALL celers_step('w1', NULL, '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "error": "not needed", "cancel": true}]', NULL);
-- => (no rows)
SELECT state, error FROM celers_finished;
-- => cancelled | not needed

-- test: all of it happens or nothing
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_step('w1', NULL, NULL, '{"queues": "mail"}');
-- save r = receipt
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]', '[5]', NULL);
-- !! ITEMS_INVALID
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]', '{}', NULL);
-- !! ITEMS_INVALID
CALL celers_step('w1', '[{"task_id": "x", "receipt": "{{r}}"}]', NULL, NULL);
-- !! ITEMS_INVALID
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "{"}]', NULL, NULL);
-- !! RESULT_INVALID
CALL celers_step('w1', NULL, '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "delay_s": -1}]', NULL);
-- !! DUE_OUT_OF_RANGE
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]', NULL, '{"extend": ["x"]}');
-- !! ITEMS_INVALID
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]', NULL, '{"extend": ["{{r}}"], "extend_s": 0}');
-- !! LEASE_OUT_OF_RANGE
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]', NULL, '{"extend": ["{{r}}"], "extend_s": 86401}');
-- !! LEASE_OUT_OF_RANGE
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}"}]', NULL, '{"queues": "two words"}');
-- !! QUEUE_NAME_INVALID
CALL celers_step('w1', CONCAT('[5', REPEAT(',5', 1000), ']'), NULL, NULL);
-- !! ITEMS_INVALID
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
CALL celers_queue_size('mail');
-- => 0 | 0 | 1 | 0
SELECT COUNT(*) FROM celers_claim;
-- => 0

-- test: what is refused
CALL celers_step('', NULL, NULL, NULL);
-- !! WORKER_ID_INVALID
CALL celers_step(REPEAT('x', 256), NULL, NULL, NULL);
-- !! WORKER_ID_INVALID
CALL celers_step('w1', NULL, NULL, '{"limit": -1}');
-- !! LIMIT_OUT_OF_RANGE
CALL celers_step('w1', NULL, NULL, '{"limit": 1001}');
-- !! LIMIT_OUT_OF_RANGE
CALL celers_step('w1', NULL, NULL, '{"limit": "many"}');
-- !! OPTION_INVALID
CALL celers_step('w1', NULL, NULL, '{"task_names": "a"}');
-- !! OPTION_INVALID
CALL celers_step('w1', NULL, NULL, '{"lease_s": 86401}');
-- !! LEASE_OUT_OF_RANGE
CALL celers_step('w1', NULL, NULL, '{"request_id": "x"}');
-- !! UUID_INVALID
CALL celers_step('w1', NULL, NULL, '{"queue": "mail"}');
-- !! UNKNOWN_OPTION
CALL celers_step('w1', NULL, NULL, '[]');
-- !! OPTIONS_INVALID
CALL celers_step('w1', NULL, NULL, '{');
-- !! OPTIONS_INVALID
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

-- test: it is part of the caller's transaction
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000002"}');
CALL celers_step('w1', NULL, NULL, '{"queues": "mail"}');
-- save r = receipt
START TRANSACTION;
CALL celers_step('w1', '[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "1"}]', NULL, '{"queues": "mail"}');
-- => 01900000-0000-7000-8000-000000000002 | * | mail | a | {} | application/json | NULL | 1 | 0 | NULL | * | NULL | claimed
CALL celers_step('w1', '{}', NULL, NULL);
-- !! ITEMS_INVALID
ROLLBACK;
CALL celers_queue_size('mail');
-- => 1 | 0 | 1 | 0
SELECT COUNT(*) FROM celers_result;
-- => 0
