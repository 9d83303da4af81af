"""Editions that are stored, and written into files."""
