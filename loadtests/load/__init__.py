"""The load test under Locust: users of every kind, shapes of load, an exact ledger, a verdict."""
