"""Rendering of Liquid, which Jekyll runs before Markdown, with the theme's tags and a source line for each output line.

``lines`` carries line numbers through a template, ``tags`` implements the tags of Jekyll and of the ELIXIR Toolkit
Theme as far as they publish text and links, ``limits`` bounds the work of a page,
``lax`` reads the markup that Jekyll takes and the library does not, ``filters`` has the filters of Jekyll.
"""

from kg.liquid.render import Fault, Rendered, Renderer, forget_sites

__all__ = ["Fault", "Rendered", "Renderer", "forget_sites"]
