"""What is written on top of a release: SPARQL Update and whole graphs, kept beside it; compiled graphs never change.

``operations`` takes an update's text apart; ``change`` and ``managing`` find what each operation adds to the graphs of
the ``dataset`` and removes; ``reading`` reads a ``document`` that was sent; ``overlay`` keeps it all on disk.

That compiled graphs stay as they are does not hang on reading texts right: no operation is ever run on the store that
holds them. The engine is asked what an operation would add and remove, and of that only what is written lasts.
"""
