"""The ledger: facts in order, recorded once, on SQLite or PostgreSQL."""
