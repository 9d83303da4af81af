"""Subjects: what several citizens speak of in a week, found among their messages, named in their own words."""
