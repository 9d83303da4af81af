"""How rows are written and read quickly, and what the database's errors mean."""
