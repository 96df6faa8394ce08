"""``SERVICE`` (SPARQL 1.1 Federated Query) to the endpoints that the operator lists, before the store is asked.

Query processes have no network. So the front asks each endpoint for its block, which is evaluated by itself (section
4), and writes what it answers into the query as ``VALUES``: ``rewriting`` does that. ``clauses`` finds the blocks,
``endpoint`` asks within a ``budget``, ``guard`` says which addresses may be asked, ``solutions`` reads what came.
"""
