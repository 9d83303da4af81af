"""Incoming messages: polled, pushed or posted by the form; stored, then enriched."""
