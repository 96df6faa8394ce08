"""Markdown as these sites publish it: a markdown-it-py parser with kramdown's rules where the two differ.

``kramdown`` holds the rules, ``blocks`` turns the tokens into :class:`kg.page.Block` with lines.
"""

from kg.markdown.blocks import parse

__all__ = ["parse"]
