"""What an operator does: real processes on SQLite, and on PostgreSQL where the tests run there."""
