"""Tools for agents by the Model Context Protocol: the questions, search, descriptions, sources, schema and SPARQL.

``tools`` lists and calls them, ``things`` and ``card`` are those that are no question, ``compact`` bounds and shortens
what they return, ``store`` asks the pool for a client, and ``protocol`` alone knows the SDK of the protocol.
"""
