"""The systems that are compared: each module says in PEERS how to make them."""
