"""The embedded forge: SQLite and bare git, speaking the REST dialects of real forges."""
