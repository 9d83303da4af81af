"""Collects posts of cities, from networks or from files."""
