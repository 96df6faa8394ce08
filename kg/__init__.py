"""Compile research-data-management cheat sheets into releases of a knowledge graph."""

__version__ = "0.1.0"
