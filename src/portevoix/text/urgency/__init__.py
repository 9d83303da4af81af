"""Detection of danger to people from words."""
