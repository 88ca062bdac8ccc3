-- _celers_raise: signal an error of the catalogue by its name.
--
-- The message is cut at 128 characters: a longer one would be replaced by error 1648 and the real
-- error lost.
--
-- Params
--   p_name    str  name in db/errors.tsv
--   p_detail  str  what exactly was wrong, or NULL
-- Writes   none
-- Errors   none
CREATE PROCEDURE _celers_raise (
    IN p_name VARCHAR(64),
    IN p_detail VARCHAR(1000)
)
READS SQL DATA
COMMENT 'signal an error of the catalogue by its name'
BEGIN
    DECLARE v_number INT DEFAULT 50000;
    DECLARE v_message VARCHAR(2000) DEFAULT '';

    SELECT number, CONCAT(': ', message) INTO v_number, v_message
    FROM celers_error
    WHERE name = p_name;
    SET v_message = LEFT(CONCAT(p_name, v_message, COALESCE(CONCAT(' (', p_detail, ')'), '')), 128);
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = v_number, MESSAGE_TEXT = v_message;
END;
