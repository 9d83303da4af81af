"""Models trained on the city's own messages, and applied to new ones."""
