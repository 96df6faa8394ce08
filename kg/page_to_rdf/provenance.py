"""Provenance of a named graph: its source file, the commit and time of the last change, and the program that built it.

The authors of commits are left out: no personal data is needed to find a commit.
"""

from __future__ import annotations

import re

from rdflib import Literal, URIRef

from kg import __version__
from kg.page_to_rdf.statements import Statements
from kg.repositories import Repository, repository
from kg.site import Site
from kg.site.history import LastChange, State
from kg.vocab import ADMS, BUILDERS, DCT, FOAF, PROV, SCHEMA, XSD, Minter

BUILDER = BUILDERS + __version__
"""This version of the program."""
_NAME = re.compile(r"[A-Za-z0-9][\w-]*/[\w.-]+", re.ASCII)
"""Name of a repository at GitHub."""
_NOTES = {
    State.KEPT: "As in commit {}; what was before it is not known.",
    State.MODIFIED: "Changed after commit {}; the change is in no commit.",
    State.NEW: "In no commit.",
}


def provenance_to_rdf(say: Statements, thing: str, file: str, path: str, site: Site) -> None:
    """Add the provenance of the graph ``say``, built from the file at ``path`` with the IRI ``file``.

    ``thing`` is the page or data file that the graph describes. Commit and program are added only for a site whose git
    history was read. Commit and time are added only for a file that is unchanged since that commit; for any other file
    a note gives its state relative to the last known commit.
    """
    graph = str(say.graph.identifier)
    say.iri(graph, PROV.wasDerivedFrom, file)
    say.plain(file, DCT.identifier, path)
    if site.history is None:
        return
    say.a(file, PROV.Entity)
    say.iri(graph, PROV.wasAttributedTo, BUILDER)
    say.a(BUILDER, PROV.SoftwareAgent)
    say.plain(BUILDER, SCHEMA.name, "rdm-kg")
    say.plain(BUILDER, SCHEMA.softwareVersion, __version__)
    if change := site.history.get(path):
        _change_to_rdf(say, thing, file, change, site)


def _change_to_rdf(say: Statements, thing: str, file: str, change: LastChange, site: Site) -> None:
    if change.state is not State.COMMITTED:
        say.prose(file, ADMS.versionNotes, _note(change), "en")
        return
    commit = commit_iri(site, change.commit)
    say.iri(file, PROV.wasGeneratedBy, commit)
    say.a(commit, PROV.Activity)
    say.plain(commit, DCT.identifier, change.commit)
    for subject, predicate in ((thing, DCT.modified), (file, DCT.modified), (commit, PROV.endedAtTime)):
        _time(say, subject, predicate, change.time)
    if known := _repository(site):
        address = known.commit(change.commit)
        say.iri(commit, FOAF.page, address)
        say.a(address, FOAF.Document)


def commit_iri(site: Site, commit: str) -> str:
    """Return the IRI of a commit of the site's files."""
    return f"{Minter(site.key).catalog}/commit/{commit}"


def _repository(site: Site) -> Repository | None:
    """Return the repository of Jekyll's setting ``repository``, which may be a name at GitHub, if its host is known."""
    said = site.text("repository")
    address = f"https://github.com/{said}" if _NAME.fullmatch(said) else said
    return repository(address if "://" in address else f"https://{address}")


def _note(change: LastChange) -> str:
    if change.state is State.MODIFIED and not change.commit:
        return "Changed, and the change is in no commit."
    return _NOTES[change.state].format(change.commit)


def _time(say: Statements, subject: str, predicate: str, time: str) -> None:
    if time:
        say.graph.add((URIRef(subject), URIRef(predicate), Literal(time, datatype=URIRef(XSD.dateTime))))
