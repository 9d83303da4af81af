"""In and out of the house: one door for what arrives, one for what leaves, and the worker that keeps both moving."""
