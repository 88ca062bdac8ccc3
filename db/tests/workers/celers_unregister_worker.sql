CALL celers_register_worker('w1', NULL);
CALL celers_register_worker('W1', NULL);
CALL celers_unregister_worker('w1');
-- => w1 | 1
CALL celers_list_workers(NULL);
-- => W1 | active | NULL | NULL | NULL | NULL | * | * | 0 | 0
CALL celers_update_worker_heartbeat('w1', NULL);
-- !! WORKER_NOT_FOUND

-- test: again, and who never came
CALL celers_register_worker('w1', NULL);
CALL celers_unregister_worker('w1');
CALL celers_unregister_worker('w1');
-- => w1 | 0
CALL celers_unregister_worker('w2');
-- => w2 | 0

-- test: its tasks stay its own
CALL celers_register_worker('w1', NULL);
CALL celers_enqueue('mail', 'a', '{}', '{"task_id": "01900000-0000-7000-8000-000000000001"}');
CALL celers_dequeue_batch('mail', 'w1', 1, NULL);
-- save r = receipt
CALL celers_unregister_worker('w1');
CALL celers_ack('01900000-0000-7000-8000-000000000001', '{{r}}');
-- => * | completed

-- test: what is refused
CALL celers_unregister_worker(NULL);
-- !! WORKER_ID_INVALID
CALL celers_unregister_worker('');
-- !! WORKER_ID_INVALID
CALL celers_unregister_worker(REPEAT('w', 256));
-- !! WORKER_ID_INVALID

-- test: it is part of the caller's transaction
CALL celers_register_worker('w1', NULL);
START TRANSACTION;
CALL celers_unregister_worker('w1');
-- => w1 | 1
ROLLBACK;
SELECT COUNT(*) FROM celers_worker;
-- => 1
