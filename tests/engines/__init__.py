"""Other engines over the dumps of a release: Oxigraph's own server and Virtuoso 7."""
