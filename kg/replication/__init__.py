"""Copies of releases between folders, from servers into folders, and into engines.

``source`` is the protocol of a place with a release, ``folder`` and ``server`` implement it, and ``receiving`` copies
the release and checks every byte. ``engine`` brings a SPARQL engine to a release.
"""

from kg.replication.folder import FolderSource
from kg.replication.receiving import receive
from kg.replication.server import ServerSource
from kg.replication.source import ReleaseSource

__all__ = ["FolderSource", "ReleaseSource", "ServerSource", "receive"]
