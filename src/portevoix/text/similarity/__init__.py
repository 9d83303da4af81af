"""Similar messages, keywords and boilerplate."""
