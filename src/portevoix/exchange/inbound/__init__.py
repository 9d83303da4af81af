"""What comes in: asked for, pushed, posted by the form; stored, then enriched."""
