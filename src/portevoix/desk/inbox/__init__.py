"""The list of conversations, and what waits for a decision."""
