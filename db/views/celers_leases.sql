-- celers_leases: one row per lease that holds tasks.
--
-- Columns
--   receipt           of the claim
--   worker_id         who holds it
--   claimed_at        since when
--   lease_expires_at  until when
--   lease_s           how long it was asked for, in seconds
--   is_expired        1 = its tasks will be taken back
--   running           tasks it still holds
--   cancel_requested  how many of them shall be stopped
CREATE VIEW celers_leases AS
SELECT
    BIN_TO_UUID(u.claim_id) AS receipt,
    u.worker_id,
    u.claimed_at,
    COALESCE(MAX(c.lease_expires_at), MAX(u.lease_expires_at)) AS lease_expires_at,
    u.lease_s,
    COALESCE(MAX(c.lease_expires_at), MAX(u.lease_expires_at)) <= UTC_TIMESTAMP(6) AS is_expired,
    COUNT(*) AS running,
    COUNT(u.cancel_requested_at) AS cancel_requested
FROM celers_running AS u
LEFT JOIN celers_claim AS c ON c.claim_id = u.claim_id
GROUP BY u.claim_id, u.worker_id, u.claimed_at, u.lease_s;
