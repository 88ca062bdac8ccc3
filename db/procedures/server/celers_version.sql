-- celers_version: tell which schema this is, and what serves it.
--
-- Params
-- Returns  1 row
--   version          str  of the schema, the same as of the package that deployed it
--   api_level        int  raised when a call changes in a way that breaks its callers
--   server_version   str  of the MySQL server
--   event_scheduler  str  ON, OFF or DISABLED; without it claims and celers_tick do maintenance
--   schema_name      str  name of the database
-- Errors   none
-- Writes   none
-- Roles    producer, worker, viewer
-- Example  CALL celers_version();
CREATE PROCEDURE celers_version ()
READS SQL DATA
COMMENT 'tell which schema this is, and what serves it'
BEGIN
    SET timestamp = DEFAULT;
    SELECT
        '0.1.0' AS version,
        1 AS api_level,
        VERSION() AS server_version,
        @@event_scheduler AS event_scheduler,
        DATABASE() AS schema_name;
END;
