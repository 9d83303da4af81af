"""Fast writing and reading of rows, and the meaning of the database's errors."""
