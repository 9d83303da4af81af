"""What a message says: language, labels, urgency, telling words, privacy. Pure functions and estimators; no Django."""
