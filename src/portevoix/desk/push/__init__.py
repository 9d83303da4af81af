"""Pages that refresh by themselves, and who has which one open."""
