-- _celers_begin: join the transaction of the caller, or open one.
--
-- Error 1568 is how the server says that a transaction is open; with autocommit=0 the next
-- statement would open one, and it would be the caller's.
-- Params
--   p_joined  bool  OUT: whether the transaction is the caller's
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_begin (
    OUT p_joined BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'join the transaction of the caller, or open one'
BEGIN
    SET p_joined = NOT @@autocommit;
    IF NOT p_joined THEN
        BEGIN
            DECLARE CONTINUE HANDLER FOR 1568 SET p_joined = TRUE;
            SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        END;
    END IF;
    IF p_joined THEN
        SAVEPOINT celers_call;
    ELSE
        START TRANSACTION READ WRITE;
    END IF;
END;
