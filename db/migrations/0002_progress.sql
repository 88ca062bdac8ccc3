-- How far a task has come, and what its next attempt can go on from. Only tasks that told of it
-- have a row, and none of the busy routines looks here.
CREATE TABLE celers_progress (
    id BINARY(16) NOT NULL,
    percent DOUBLE NULL COMMENT '0..100',
    step VARCHAR(255) NULL COMMENT 'what it is at',
    total_steps INT UNSIGNED NULL,
    checkpoint LONGTEXT NULL COMMENT 'JSON text, byte for byte as sent',
    updated_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT ck_progress_json CHECK (JSON_VALID(checkpoint))
);

-- The last column, so that no row is rewritten.
ALTER TABLE celers_running
    ADD COLUMN cancel_reason LONGTEXT NULL COMMENT 'as the caller of celers_cancel gave it';

INSERT INTO celers_maintenance (duty, period_ms, batch_limit, next_at) VALUES
('forget_workers', 3600000, 1000, '2000-01-01')
ON DUPLICATE KEY UPDATE period_ms = celers_maintenance.period_ms;
