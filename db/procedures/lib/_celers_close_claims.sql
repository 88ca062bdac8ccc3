-- _celers_close_claims: drop the leases named in a batch that hold no task any more.
--
-- Params
--   p_items  json  array of objects with a receipt
-- Writes   celers_claim
-- Errors   none
CREATE PROCEDURE _celers_close_claims (
    IN p_items JSON
)
MODIFIES SQL DATA
COMMENT 'drop the leases named in a batch that hold no task any more'
BEGIN
    DECLARE v_done JSON;

    SELECT JSON_ARRAYAGG(given.receipt) INTO v_done
    FROM (
        SELECT DISTINCT item.receipt
        FROM JSON_TABLE(p_items, '$[*]' COLUMNS (receipt CHAR(36) PATH '$.receipt')) AS item
        ORDER BY item.receipt
        LIMIT 1000
    ) AS given
    WHERE NOT EXISTS (
        SELECT 1
        FROM celers_running AS u FORCE INDEX (ix_running_claim)
        WHERE u.claim_id = UUID_TO_BIN(given.receipt)
    );
    DELETE c
    FROM JSON_TABLE(v_done, '$[*]' COLUMNS (receipt CHAR(36) PATH '$')) AS done
    STRAIGHT_JOIN celers_claim AS c FORCE INDEX (PRIMARY)
        ON c.claim_id = UUID_TO_BIN(done.receipt);
END;
