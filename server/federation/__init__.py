"""``SERVICE`` (SPARQL 1.1 Federated Query) to allowed endpoints, evaluated before the rest of the query.

Workers have no network access. Therefore the front sends the group graph pattern of each clause to its endpoint as a
query of its own (section 4), and replaces the clause by ``VALUES`` with the solutions. ``clauses`` parses the clauses,
``rewriting`` replaces them, ``endpoint`` sends a query within a ``budget``, ``guard`` restricts IP addresses and
``solutions`` converts results.
"""
