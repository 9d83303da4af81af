"""A city's own rules for choosing departments."""
