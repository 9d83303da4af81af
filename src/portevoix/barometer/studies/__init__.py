"""The study: its settings, tables and files, and how it is started."""
