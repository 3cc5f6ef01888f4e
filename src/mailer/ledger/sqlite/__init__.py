"""The ledger in one SQLite file: the embedded default."""
