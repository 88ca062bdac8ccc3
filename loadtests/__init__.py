"""Load tests: celers beside the plain-SQL queue that it replaces, on the same server."""
