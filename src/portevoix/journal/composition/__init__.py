"""Composition of editions: from the record, or from a file of messages."""
