"""Pictures of every kind of page, for review after a change of templates or styles.

``python -m tests.screens FOLDER`` builds the shipped content, serves it and writes ``FOLDER/<page>-<look>.png`` for a
desktop and a phone, light and dark, and ``FOLDER/<page>.pdf`` for the printed page. It needs Chromium.
"""
