"""Its tables, as far as its hot path touches them, with all their indexes and foreign keys."""

from __future__ import annotations

_JOB = (
    "FOREIGN KEY (job_id) REFERENCES solid_queue_jobs (id) ON DELETE CASCADE",
    "UNIQUE KEY (job_id)",
)

SCHEMA = (
    """
    CREATE TABLE solid_queue_jobs (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        queue_name VARCHAR(255) NOT NULL,
        class_name VARCHAR(255) NOT NULL,
        arguments TEXT,
        priority INT NOT NULL DEFAULT 0,
        active_job_id VARCHAR(255),
        scheduled_at DATETIME(6),
        finished_at DATETIME(6),
        concurrency_key VARCHAR(255),
        created_at DATETIME(6) NOT NULL,
        updated_at DATETIME(6) NOT NULL,
        KEY (active_job_id),
        KEY (class_name),
        KEY (finished_at),
        KEY (queue_name, finished_at),
        KEY (scheduled_at, finished_at)
    )
    """,
    f"""
    CREATE TABLE solid_queue_ready_executions (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        job_id BIGINT NOT NULL,
        queue_name VARCHAR(255) NOT NULL,
        priority INT NOT NULL DEFAULT 0,
        created_at DATETIME(6) NOT NULL,
        KEY (priority, job_id),
        KEY (queue_name, priority, job_id),
        {", ".join(_JOB)}
    )
    """,
    f"""
    CREATE TABLE solid_queue_scheduled_executions (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        job_id BIGINT NOT NULL,
        queue_name VARCHAR(255) NOT NULL,
        priority INT NOT NULL DEFAULT 0,
        scheduled_at DATETIME(6) NOT NULL,
        created_at DATETIME(6) NOT NULL,
        KEY (scheduled_at, priority, job_id),
        {", ".join(_JOB)}
    )
    """,
    f"""
    CREATE TABLE solid_queue_claimed_executions (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        job_id BIGINT NOT NULL,
        process_id BIGINT,
        created_at DATETIME(6) NOT NULL,
        KEY (process_id, job_id),
        {", ".join(_JOB)}
    )
    """,
    """
    CREATE TABLE solid_queue_processes (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        kind VARCHAR(255) NOT NULL,
        last_heartbeat_at DATETIME(6) NOT NULL,
        supervisor_id BIGINT,
        pid INT NOT NULL,
        hostname VARCHAR(255),
        metadata TEXT,
        created_at DATETIME(6) NOT NULL,
        name VARCHAR(255) NOT NULL,
        KEY (last_heartbeat_at),
        KEY (supervisor_id),
        UNIQUE KEY (name, supervisor_id)
    )
    """,
    """
    CREATE TABLE solid_queue_pauses (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        queue_name VARCHAR(255) NOT NULL,
        created_at DATETIME(6) NOT NULL,
        UNIQUE KEY (queue_name)
    )
    """,
)
