"""Conversion of the files of a site's ``_data`` folder to RDF: one named graph for each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from rdflib import Graph, URIRef

from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.identifiers.legislation import law_of_name
from kg.iri import anonymous, whole_web_address
from kg.page_to_rdf.catalog import describe_organisation, describe_person
from kg.page_to_rdf.linked_data import linked_data_to_rdf
from kg.page_to_rdf.provenance import provenance_to_rdf
from kg.page_to_rdf.registry_links import RegistryLinks
from kg.page_to_rdf.statements import Statements
from kg.page_to_rdf.values import plain_text
from kg.site import Organisation, Person, Site
from kg.vocab import DCT, RDF, RDM, SCHEMA, Minter


def data_graphs(site: Site, crosswalk: FairsharingCrosswalk) -> Iterator[Graph]:
    """Yield the named graph of each data file of tools, people or organisations, and of each file of JSON-LD."""
    if site.directory.tool_list.entries:
        yield _tools(site, crosswalk).graph
    yield from _known(site, site.directory.people, describe_person)
    yield from _known(site, site.directory.organisations, describe_organisation)
    for path, data in site.directory.linked_data.items():
        say = _of_file(site, path)
        linked_data_to_rdf(say, data, Minter(site.key).data(path))
        yield say.graph


def _known(
    site: Site, known: Mapping[str, Person | Organisation], describe: Callable[[Statements, Site, str], str]
) -> Iterator[Graph]:
    for path in dict.fromkeys(entry.place.path for entry in known.values()):
        say = _of_file(site, path)
        for name, entry in known.items():
            if entry.place.path == path:
                describe(say, site, name)
        yield say.graph


def _of_file(site: Site, path: str) -> Statements:
    iri = Minter(site.key).data(path)
    say = Statements(f"{iri}#graph")
    provenance_to_rdf(say, iri, f"{iri}#file", path, site)
    return say


def _tools(site: Site, crosswalk: FairsharingCrosswalk) -> Statements:
    """Describe every entry of the list; entries with the same id get different IRIs, since the site shows each."""
    tools, minter, seen = site.directory.tool_list, Minter(site.key), Counter[str]()
    say = _of_file(site, tools.path)
    links = RegistryLinks(crosswalk, [tool.registry for tool in tools.entries])
    for tool in tools.entries:
        seen[tool.id] += 1
        iri = minter.tool(tool.id, seen[tool.id])
        say.a(iri, RDM.Tool)
        say.plain(iri, DCT.identifier, anonymous(tool.id))
        say.prose(iri, DCT.title, tool.name or anonymous(tool.id), site.language)
        say.prose(iri, DCT.description, plain_text(tool.description), site.language)
        say.iri(iri, SCHEMA.url, whole_web_address(tool.url))
        say.iri(iri, SCHEMA.isPartOf, minter.catalog)
        links.say(say, iri, tool.name, tool.registry)
        if law := law_of_name(tool.name):
            say.iri(iri, SCHEMA.sameAs, law.iri)
    return say


def linked_data_names(site: Site) -> dict[str, str]:
    """Return the names of the nodes of the site's JSON-LD files, as a mapping of name to IRI.

    The names of a node are its IRI, the last part of the IRI, and its identifiers.
    """
    found: dict[str, str] = {}
    for path, data in site.directory.linked_data.items():
        say = _of_file(site, path)
        linked_data_to_rdf(say, data, Minter(site.key).data(path))
        for iri in sorted({str(subject) for subject in say.graph.subjects(URIRef(RDF.type))}):
            identifiers = map(str, say.graph.objects(URIRef(iri), URIRef(DCT.identifier)))
            for name in (iri, iri.rstrip("/").rpartition("/")[2].rpartition("#")[2], *identifiers):
                found.setdefault(name, iri)
    return found
