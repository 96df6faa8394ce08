"""Writes a release as a web site of files, which any file server serves.

``walk`` asks the application for its pages, one after another as their links tell; ``places`` names the file of each
address, and ``rewriting`` replaces the addresses in a page by those of the files. ``words`` writes the index of the
search and ``w3id`` the rules that lead persistent identifiers to the files; ``folder`` makes the whole appear at once.
"""
