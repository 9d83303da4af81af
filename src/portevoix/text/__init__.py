"""Analysis of texts: language, labels, urgency, keywords, tone, privacy. Pure functions and estimators; no Django."""
