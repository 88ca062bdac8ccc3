-- A task is one row here, written once; where it is in its life is a pointer row in exactly one of
-- celers_ready, celers_scheduled, celers_running, celers_finished, celers_dead.
-- queue, priority and due_at are the address of the pointer: they change only when a pointer is
-- moved by something slower than a claim (a retry, a promotion, ageing).
CREATE TABLE celers_task (
    id BINARY(16) NOT NULL COMMENT 'UUIDv7, made by the client or by celers_enqueue',
    queue VARCHAR(64) NOT NULL,
    task_name VARCHAR(255) NOT NULL,
    priority SMALLINT NOT NULL COMMENT 'higher is served first',
    due_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    base_priority SMALLINT NOT NULL COMMENT 'as enqueued: ageing counts from here',
    max_retries SMALLINT UNSIGNED NULL COMMENT 'after the first attempt; NULL = as its queue',
    timeout_s INT UNSIGNED NULL COMMENT 'seconds a worker may run it',
    expires_at DATETIME(6) NULL COMMENT 'not started by then: state expired',
    retry JSON NULL COMMENT 'retry policy, NULL = that of the queue',
    headers LONGTEXT NULL COMMENT 'JSON object, as sent',
    content_type VARCHAR(100) NULL COMMENT 'NULL = application/json',
    payload LONGTEXT NULL COMMENT 'text, byte for byte as sent',
    payload_binary LONGBLOB NULL COMMENT 'payloads that are not text',
    PRIMARY KEY (id),
    CONSTRAINT ck_task_payload CHECK (payload IS NOT NULL OR payload_binary IS NOT NULL)
);

-- Pending and due. The clustered key is the claim order: a claim is one walk down this tree and
-- locks only the rows it takes.
CREATE TABLE celers_ready (
    queue VARCHAR(64) NOT NULL,
    priority SMALLINT NOT NULL,
    due_at DATETIME(6) NOT NULL COMMENT 'when it entered this place of the order',
    id BINARY(16) NOT NULL,
    ready_at DATETIME(6) NOT NULL COMMENT 'when it became due: waiting time counts from here',
    attempt INT UNSIGNED NOT NULL COMMENT 'attempts begun so far',
    errors SMALLINT UNSIGNED NOT NULL,
    crashes SMALLINT UNSIGNED NOT NULL,
    expires_at DATETIME(6) NULL,
    PRIMARY KEY (queue, priority DESC, due_at, id)
);

-- Pending, not due. Its own table, so that no number of future tasks stands in a claim's way.
CREATE TABLE celers_scheduled (
    due_at DATETIME(6) NOT NULL,
    id BINARY(16) NOT NULL,
    queue VARCHAR(64) NOT NULL,
    priority SMALLINT NOT NULL,
    attempt INT UNSIGNED NOT NULL,
    errors SMALLINT UNSIGNED NOT NULL,
    crashes SMALLINT UNSIGNED NOT NULL,
    expires_at DATETIME(6) NULL,
    PRIMARY KEY (due_at, id)
);

-- Processing. The lease stands in the row: an acknowledgement goes by one key and touches nothing
-- else. The claim's id is the receipt. A task is found here by its receipt; by its id alone only by
-- a scan of what runs, which is why that a task runs is known by elimination.
CREATE TABLE celers_running (
    claim_id BINARY(16) NOT NULL COMMENT 'the receipt; the request_id of the client if it sent one',
    id BINARY(16) NOT NULL,
    queue VARCHAR(64) NOT NULL,
    priority SMALLINT NOT NULL,
    due_at DATETIME(6) NOT NULL,
    ready_at DATETIME(6) NOT NULL,
    attempt INT UNSIGNED NOT NULL COMMENT '1 = first',
    errors SMALLINT UNSIGNED NOT NULL,
    crashes SMALLINT UNSIGNED NOT NULL,
    worker_id VARCHAR(255) NOT NULL,
    claimed_at DATETIME(6) NOT NULL,
    lease_expires_at DATETIME(6) NOT NULL COMMENT 'unless celers_claim has a row',
    lease_s INT UNSIGNED NOT NULL,
    cancel_requested_at DATETIME(6) NULL,
    PRIMARY KEY (claim_id, id)
);

-- A lease that was extended: one row per claim, so that a heartbeat writes one row however large
-- the batch. Most tasks end before their first heartbeat and never have one.
CREATE TABLE celers_claim (
    claim_id BINARY(16) NOT NULL,
    lease_expires_at DATETIME(6) NOT NULL,
    PRIMARY KEY (claim_id)
);

-- The end of a task, and the history row of its last attempt.
CREATE TABLE celers_finished (
    id BINARY(16) NOT NULL,
    queue VARCHAR(64) NOT NULL,
    state ENUM('completed', 'failed', 'cancelled', 'expired') NOT NULL,
    priority SMALLINT NOT NULL,
    attempt INT UNSIGNED NOT NULL,
    errors SMALLINT UNSIGNED NOT NULL,
    crashes SMALLINT UNSIGNED NOT NULL,
    ready_at DATETIME(6) NULL,
    started_at DATETIME(6) NULL,
    finished_at DATETIME(6) NOT NULL,
    claim_id BINARY(16) NULL,
    worker_id VARCHAR(255) NULL,
    error LONGTEXT NULL,
    PRIMARY KEY (id),
    KEY ix_finished_queue (queue, finished_at)
);

-- Dead letters: everything needed to replay, and the history row of the last attempt.
CREATE TABLE celers_dead (
    id BINARY(16) NOT NULL,
    queue VARCHAR(64) NOT NULL,
    reason ENUM('exhausted', 'permanent', 'crashed') NOT NULL,
    priority SMALLINT NOT NULL,
    attempt INT UNSIGNED NOT NULL,
    errors SMALLINT UNSIGNED NOT NULL,
    crashes SMALLINT UNSIGNED NOT NULL,
    ready_at DATETIME(6) NULL,
    started_at DATETIME(6) NULL,
    died_at DATETIME(6) NOT NULL,
    claim_id BINARY(16) NULL,
    worker_id VARCHAR(255) NULL,
    error LONGTEXT NULL,
    PRIMARY KEY (id),
    KEY ix_dead_queue (queue, died_at)
);

-- One row per attempt that ended and was not the last one.
CREATE TABLE celers_attempt (
    id BINARY(16) NOT NULL,
    attempt INT UNSIGNED NOT NULL,
    outcome ENUM('retried', 'crashed', 'released', 'dead') NOT NULL,
    claim_id BINARY(16) NOT NULL,
    worker_id VARCHAR(255) NOT NULL,
    ready_at DATETIME(6) NOT NULL,
    started_at DATETIME(6) NOT NULL,
    ended_at DATETIME(6) NOT NULL,
    due_at DATETIME(6) NOT NULL COMMENT 'when the next attempt was due',
    error LONGTEXT NULL,
    PRIMARY KEY (id, attempt)
);

CREATE TABLE celers_result (
    id BINARY(16) NOT NULL,
    status ENUM('PENDING', 'STARTED', 'SUCCESS', 'FAILURE', 'RETRY', 'REVOKED') NOT NULL,
    result LONGTEXT NULL COMMENT 'JSON text, byte for byte as sent',
    error LONGTEXT NULL,
    traceback LONGTEXT NULL,
    runtime_ms BIGINT UNSIGNED NULL,
    created_at DATETIME(6) NOT NULL,
    completed_at DATETIME(6) NULL,
    PRIMARY KEY (id),
    CONSTRAINT ck_result_json CHECK (JSON_VALID(result))
);

-- Only tasks that can expire before they start have a row here.
CREATE TABLE celers_expiry (
    expires_at DATETIME(6) NOT NULL,
    id BINARY(16) NOT NULL,
    PRIMARY KEY (expires_at, id)
);

-- Configuration. The row '*' holds the defaults; a queue needs no row, and NULL in its row means
-- the default.
CREATE TABLE celers_queue (
    queue VARCHAR(64) NOT NULL,
    is_paused BOOLEAN NOT NULL DEFAULT FALSE,
    max_retries SMALLINT UNSIGNED NULL,
    max_crashes SMALLINT UNSIGNED NULL COMMENT 'leases lost before it is a dead letter',
    retry JSON NULL,
    lease_s INT UNSIGNED NULL,
    retention_s INT UNSIGNED NULL COMMENT 'finished tasks; 0 = kept',
    dlq_retention_s INT UNSIGNED NULL COMMENT 'dead letters; 0 = kept',
    aging_threshold_s INT UNSIGNED NULL COMMENT '0 = no ageing',
    aging_boost SMALLINT UNSIGNED NULL,
    aging_max_priority SMALLINT NULL,
    updated_at DATETIME(6) NOT NULL,
    PRIMARY KEY (queue)
);

INSERT INTO celers_queue (
    queue, max_retries, max_crashes, retry, lease_s, retention_s, dlq_retention_s,
    aging_threshold_s, aging_boost, aging_max_priority, updated_at
) VALUES (
    '*', 3, 3,
    '{"strategy": "exponential_jitter", "base_s": 1, "multiplier": 2, "max_s": 300}',
    60, 604800, 0, 0, 1, 1000, UTC_TIMESTAMP(6)
) ON DUPLICATE KEY UPDATE queue = '*';

-- Low-water marks: no live row of the lane (queue, priority) lies below head_at. A lane has a row
-- only while purge lags and its head is slow to walk; a missing row costs time, never a task.
CREATE TABLE celers_mark (
    queue VARCHAR(64) NOT NULL,
    priority SMALLINT NOT NULL,
    head_at DATETIME(6) NOT NULL,
    PRIMARY KEY (queue, priority DESC)
);

-- The guard of maintenance: whoever locks its one row does a duty. A claim learns from it whether
-- any duty is due and whether any lane has a low-water mark.
CREATE TABLE celers_upkeep (
    guard TINYINT NOT NULL DEFAULT 1,
    next_at DATETIME(6) NOT NULL COMMENT 'the earliest of celers_maintenance',
    mark_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows of celers_mark',
    PRIMARY KEY (guard),
    CONSTRAINT ck_upkeep_one CHECK (guard = 1)
);

INSERT INTO celers_upkeep (guard, next_at) VALUES (1, '2000-01-01')
ON DUPLICATE KEY UPDATE guard = 1;

-- What is to be done now and then, how often, how much at a time, and how it went.
CREATE TABLE celers_maintenance (
    duty VARCHAR(64) NOT NULL,
    period_ms INT UNSIGNED NOT NULL,
    batch_limit INT UNSIGNED NOT NULL COMMENT 'rows at a time',
    is_enabled BOOLEAN NOT NULL DEFAULT TRUE,
    next_at DATETIME(6) NOT NULL,
    mark_at DATETIME(6) NULL COMMENT 'low-water mark of the index this duty scans',
    mark_id BINARY(16) NULL COMMENT 'the same where the index is one of ids',
    last_at DATETIME(6) NULL,
    last_count INT UNSIGNED NULL,
    last_ms DECIMAL(12, 3) NULL,
    last_error VARCHAR(512) NULL,
    last_error_at DATETIME(6) NULL,
    PRIMARY KEY (duty)
);

INSERT INTO celers_maintenance (duty, period_ms, batch_limit, next_at) VALUES
('promote_due', 250, 500, '2000-01-01'),
('recover_expired', 1000, 500, '2000-01-01'),
('expire_pending', 1000, 500, '2000-01-01'),
('advance_marks', 250, 500, '2000-01-01'),
('sweep_marks', 1000, 500, '2000-01-01'),
('apply_priority_aging', 10000, 500, '2000-01-01'),
('archive_completed_tasks', 60000, 1000, '2000-01-01'),
('apply_dlq_retention', 60000, 1000, '2000-01-01')
ON DUPLICATE KEY UPDATE period_ms = celers_maintenance.period_ms;

CREATE TABLE celers_worker (
    worker_id VARCHAR(255) NOT NULL,
    queues VARCHAR(4000) NULL,
    status ENUM('active', 'idle', 'busy', 'offline') NOT NULL,
    capabilities LONGTEXT NULL COMMENT 'JSON object',
    hostname VARCHAR(255) NULL,
    pid BIGINT UNSIGNED NULL,
    started_at DATETIME(6) NOT NULL,
    last_heartbeat_at DATETIME(6) NOT NULL,
    PRIMARY KEY (worker_id)
);

-- The error catalogue, loaded from db/errors.tsv by the deployer.
CREATE TABLE celers_error (
    number SMALLINT UNSIGNED NOT NULL,
    name VARCHAR(64) NOT NULL,
    kind ENUM('invalid', 'not_found', 'conflict', 'limited', 'unavailable', 'internal') NOT NULL,
    message VARCHAR(128) NOT NULL,
    PRIMARY KEY (name),
    UNIQUE KEY uq_error_number (number)
);
