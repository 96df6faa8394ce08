"""Liquid as Jekyll runs it before Markdown, with the theme's tags, and with every line's place in the source kept.

``lines`` carries line numbers through a template, ``tags`` holds the tags of Jekyll and of the ELIXIR Toolkit Theme as
far as they publish text and links.
"""

from kg.liquid.render import Rendered, Renderer

__all__ = ["Rendered", "Renderer"]
