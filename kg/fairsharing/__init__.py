"""FAIRsharing and the sites: which records are in use, where and how, and what the registry itself says of them.

:mod:`usage` reads a release, :mod:`report` says what it found about each record, :mod:`formats` writes that down, and
:mod:`mappings` gives it to FAIRsharing's curators as SSSOM. :mod:`sync` goes the other way: it asks FAIRsharing and
refreshes the crosswalk; :mod:`bioregistry` makes the table of details. A build needs none of them.
"""
