"""One conversation: what was said and done, and what is like it."""
