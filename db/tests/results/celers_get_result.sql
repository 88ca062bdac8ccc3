CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_get_result('01900000-0000-7000-8000-000000000001');
-- => (no rows)
CALL celers_get_result('01900000-0000-7000-8000-000000000009');
-- => (no rows)

-- test: what came with an acknowledgement
CALL celers_enqueue('mail', 'send', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_ack_batch('[{"task_id": "01900000-0000-7000-8000-000000000001", "receipt": "{{r}}", "result": "{\\"n\\": 1.10}"}]');
CALL celers_get_result('01900000-0000-7000-8000-000000000001');
-- => 01900000-0000-7000-8000-000000000001 | send | SUCCESS | {"n": 1.10} | NULL | NULL | * | * | *

-- test: bad ids
CALL celers_get_result('x');
-- !! UUID_INVALID
CALL celers_get_result(NULL);
-- !! UUID_INVALID
