CALL celers_version();
-- => * | 1 | * | * | *
-- save schema = schema_name
-- save server = server_version
SELECT '{{schema}}' = DATABASE() AS is_schema, '{{server}}' = VERSION() AS is_server;
-- => 1 | 1
