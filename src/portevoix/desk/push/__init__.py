"""Live updates of open pages, and who has which conversation open."""
