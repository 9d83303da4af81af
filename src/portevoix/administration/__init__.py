"""The settings pages: what a city needs to start, and to keep going."""
