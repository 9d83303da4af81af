"""What a text is about: department, kind, sentiment, topics, and how sure that is."""
