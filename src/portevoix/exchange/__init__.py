"""Receives messages from the networks, sends replies to them, and runs the worker that does both."""
