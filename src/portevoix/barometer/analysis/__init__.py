"""From collected posts to coded ones, and what they say of each city."""
