"""Scores, their margins and ranks."""
