"""Markdown parser for Jekyll sites: markdown-it-py with the rules of kramdown where the two differ.

``kramdown``, ``headings``, ``definitions``, ``rows`` and ``html`` hold the rules; ``blocks`` converts the tokens to
:class:`kg.page.Block` objects with line numbers, ``html_text`` renders them as HTML.
"""

from kg.markdown.blocks import parse, parse_html

__all__ = ["parse", "parse_html"]
