"""What a study is: its settings, tables and files, and how it is begun."""
