"""The list of conversations, and the messages and replies that need a decision."""
