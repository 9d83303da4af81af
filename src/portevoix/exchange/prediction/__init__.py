"""What is learnt from the city's own messages, and applied to new ones."""
