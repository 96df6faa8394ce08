"""FAIRsharing and the sites: the records in use, the places that use them, and updates from the registry.

:mod:`usage` reads a release, :mod:`report` groups the uses by record, :mod:`formats` writes the report, and
:mod:`mappings` writes it as SSSOM for FAIRsharing's curators. :mod:`sync` updates the crosswalk from FAIRsharing, and
:mod:`bioregistry` generates the table of details. A build needs none of them.
"""
