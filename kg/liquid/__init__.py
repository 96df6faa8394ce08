"""Rendering of Liquid, which Jekyll runs before Markdown, with the theme's tags and a source line for each output line.

``lines`` carries line numbers through a template, ``tags`` implements the tags of Jekyll and of the ELIXIR Toolkit
Theme as far as they publish text and links, ``limits`` bounds the work of a page,
``filters`` has filters that take linear time.
"""

from kg.liquid.render import Rendered, Renderer

__all__ = ["Rendered", "Renderer"]
