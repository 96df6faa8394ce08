"""Pictures of every kind of page, to look at before a change of templates or styles is called good.

``python -m tests.screens FOLDER`` builds the shipped content, serves it and writes ``FOLDER/<page>-<look>.png`` for a
desk and a phone, light and dark, and ``FOLDER/<page>.pdf`` as the page is printed. It needs Chromium.
"""
