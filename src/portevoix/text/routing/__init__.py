"""A city's own rules, and which department they choose."""
