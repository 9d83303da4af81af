"""Subjects and findings of a week's messages, as claims without words. No edition shows them yet."""
