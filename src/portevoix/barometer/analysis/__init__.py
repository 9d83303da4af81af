"""From collected posts to coded posts, and the analysis of each city's messages."""
