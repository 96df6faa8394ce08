"""The documents of the project: their commands, queries, links and pictures."""
