"""The description of a release in DCAT and VoID.

The file is not part of the graph, since it contains times and checksums. URLs of the server are relative to its root,
which is the base IRI of the file. The partitions by class and property are in a file of their own,
:mod:`kg.release.partitions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from rdflib import Graph, Literal, URIRef

from kg import __version__
from kg.identifiers.licences import ATTRIBUTION, EU_AUTHORITY, SHARE_ALIKE, eu_authority, licence_of_all
from kg.query import FORMATS_BY_EXTENSION, graphs_in
from kg.release.nquads import value
from kg.release.statistics import TARGETS, Statistics
from kg.vocab import (
    BASE,
    BUILDERS,
    DATASET,
    DCAT,
    DCT,
    ENDPOINT,
    FOAF,
    KNOWLEDGE_BASE,
    PREFIXES,
    PROV,
    RDF,
    ROOT,
    SCHEMA,
    SKOS,
    SPDX,
    VCARD,
    VOID,
    XSD,
    Minter,
    prefixed_name,
)

_OWN = {
    "terms": ("Terms of the ontology", ATTRIBUTION),
    "crosswalks": ("Mappings to FAIRsharing, DICOM, EDAM and Wikidata", SHARE_ALIKE),
    "joins": ("Things of different sites that are the same", SHARE_ALIKE),
}
"""Name of a part of a release that is of no site → title and licence, which is that of the tables it is made from."""
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_FILE_TYPES = {"ttl": "RDF_TURTLE", "nq": "RDF_N_QUADS"}
"""Extension of a dump → code in the EU's table of file types."""
_IANA = "https://www.iana.org/assignments/media-types/"


def describe(found: Statistics, manifest: Mapping[str, Any], previous: str = "") -> str:
    """Return the description of a release as Turtle, byte-identical for the same release.

    ``manifest`` has at least ``release``, ``created``, ``counts``, ``sites`` and ``files``; ``previous`` is the id of
    the preceding release, if any.
    """
    say = _Turtle(f"{DATASET}/{manifest['release']}")
    whole = licence_of_all(site.get("license", "") for site in manifest["sites"])
    _version(say, manifest, previous)
    _provider(say)
    _licences(say, manifest["sites"], whole)
    for name, facts in sorted(manifest["files"].items()):
        if name.startswith("dumps/"):
            _dump(say, name, facts, whole)
    _size(say, found)
    _linksets(say, found)
    return say.graph.serialize(format="turtle")


class _Turtle:
    """A description under construction; its parts have fragment identifiers below the release's IRI."""

    def __init__(self, release: str) -> None:
        self.release = release
        self.graph = Graph(bind_namespaces="none")
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace, replace=True)

    def part(self, *names: str) -> str:
        """Return the IRI of a part of the description."""
        return f"{self.release}#{'-'.join(quote(prefixed_name(name), safe=':/') for name in names)}"

    def iris(self, subject: str, predicate: str, *values: str) -> None:
        """Add statements with IRIs as objects."""
        for each in values:
            self.graph.add((URIRef(subject), URIRef(predicate), URIRef(each)))

    def text(self, subject: str, predicate: str, text: str, language: str | None = None, kind: str = "") -> None:
        """Add a statement with a literal, optionally with a language or a datatype."""
        literal = Literal(text, lang=language, datatype=URIRef(kind) if kind else None, normalize=False)
        self.graph.add((URIRef(subject), URIRef(predicate), literal))

    def number(self, subject: str, predicate: str, number: int) -> None:
        """Add a statement with an integer."""
        self.text(subject, predicate, str(number), kind=XSD.integer)


def _version(say: _Turtle, manifest: Mapping[str, Any], previous: str) -> None:
    for dataset in (DATASET, say.release):
        say.iris(dataset, RDF.type, DCAT.Dataset, VOID.Dataset)
        say.text(dataset, DCT.title, "Research data management knowledge graph", "en")
        say.text(dataset, DCT.description, "What pages on research data management recommend, and where.", "en")
        say.text(dataset, DCT.identifier, dataset)
        say.iris(dataset, DCAT.theme, _AUTHORITY + "data-theme/TECH")
        say.iris(KNOWLEDGE_BASE, DCAT.dataset, dataset)
    say.iris(".well-known/void", RDF.type, VOID.DatasetDescription)
    say.iris(".well-known/void", FOAF.primaryTopic, say.release)
    say.iris(KNOWLEDGE_BASE, FOAF.isPrimaryTopicOf, "catalog")
    say.iris(DATASET, DCAT.hasCurrentVersion, say.release)
    say.iris(say.release, DCAT.isVersionOf, DATASET)
    say.text(say.release, DCAT.version, manifest["release"])
    if previous:
        say.iris(say.release, DCAT.previousVersion, f"{DATASET}/{previous}")
    say.text(say.release, DCT.issued, manifest["created"], kind=XSD.dateTime)
    say.iris(say.release, PROV.wasAttributedTo, BUILDERS + __version__)
    say.text(BUILDERS + __version__, SCHEMA.softwareVersion, __version__)
    for site in manifest["sites"]:
        say.iris(say.release, PROV.wasDerivedFrom, Minter(site["key"]).catalog)
        say.text(Minter(site["key"]).catalog, DCT.title, site["title"])


def _provider(say: _Turtle) -> None:
    """Say who publishes the data, whom to ask, and by which service they are had."""
    publisher, contact = f"{KNOWLEDGE_BASE}#publisher", f"{KNOWLEDGE_BASE}#contact"
    for thing in (DATASET, say.release):
        say.iris(thing, DCT.publisher, publisher)
        say.iris(thing, DCAT.contactPoint, contact)
    say.iris(publisher, RDF.type, FOAF.Agent)
    say.text(publisher, FOAF.name, "rdm-kg", "en")
    say.iris(contact, RDF.type, VCARD.Kind, VCARD.Organization)
    say.text(contact, VCARD.fn, "rdm-kg", "en")
    say.iris(contact, VCARD.hasURL, ROOT)
    say.iris(ENDPOINT, RDF.type, DCAT.DataService)
    say.text(ENDPOINT, DCT.title, "SPARQL endpoint", "en")
    say.iris(ENDPOINT, DCAT.endpointURL, ENDPOINT)
    say.iris(ENDPOINT, DCAT.endpointDescription, "sparql", "openapi.json")
    say.iris(ENDPOINT, DCAT.servesDataset, DATASET, say.release)


def _licences(say: _Turtle, sites: Sequence[Mapping[str, Any]], whole: str) -> None:
    """Say the licences of our own parts and of the sites that have one, and that of the whole unless it is empty."""
    for thing in (DATASET, say.release, ENDPOINT) if whole else ():
        _licensed(say, thing, whole)
    for name, (title, licence) in _OWN.items():
        part = say.part(name)
        say.iris(say.release, VOID.subset, part)
        say.iris(part, RDF.type, VOID.Dataset)
        say.text(part, DCT.title, title, "en")
        _licensed(say, part, licence)
    for site in sites:
        if of_site := site.get("license"):
            _licensed(say, Minter(site["key"]).catalog, of_site)


def _licensed(say: _Turtle, thing: str, licence: str) -> None:
    """Say the licence of a thing as the graph does: under the EU's IRI where there is one, with the licence's own."""
    official = eu_authority(licence) or licence
    say.iris(thing, DCT.license, official)
    say.iris(official, RDF.type, DCT.LicenseDocument)
    if official != licence:
        say.iris(official, SKOS.exactMatch, licence)
        say.iris(official, SKOS.inScheme, EU_AUTHORITY.rstrip("/"))


def _dump(say: _Turtle, name: str, facts: Mapping[str, Any], licence: str) -> None:
    dump, checksum = say.part(name), say.part(name, "sha256")
    say.iris(say.release, DCAT.distribution, dump)
    say.iris(say.release, VOID.dataDump, name)
    say.iris(dump, RDF.type, DCAT.Distribution)
    say.text(dump, DCT.title, name.rpartition("/")[2])
    say.iris(dump, DCAT.accessURL, "dumps/")
    say.iris(dump, DCAT.downloadURL, name)
    say.text(dump, DCAT.byteSize, str(facts["bytes"]), kind=XSD.nonNegativeInteger)
    if fmt := FORMATS_BY_EXTENSION.get(name.rpartition(".")[2]):
        say.text(dump, DCT.description, f"{fmt.label} with {graphs_in(fmt)}", "en")
        say.iris(dump, DCAT.mediaType, _IANA + fmt.media_type)
        say.iris(_IANA + fmt.media_type, RDF.type, DCT.MediaType)
    if code := _FILE_TYPES.get(name.rpartition(".")[2]):
        file_type = f"{_AUTHORITY}file-type/{code}"
        say.iris(dump, DCT["format"], file_type)
        say.iris(file_type, RDF.type, DCT.MediaTypeOrExtent)
        say.iris(file_type, SKOS.inScheme, f"{_AUTHORITY}file-type")
    if licence:
        _licensed(say, dump, licence)
    say.iris(dump, SPDX.checksum, checksum)
    say.iris(checksum, RDF.type, SPDX.Checksum)
    say.iris(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    say.iris(SPDX.checksumAlgorithm_sha256, RDF.type, SPDX.ChecksumAlgorithm)
    say.text(checksum, SPDX.checksumValue, facts["sha256"], kind=XSD.hexBinary)


def _size(say: _Turtle, found: Statistics) -> None:
    numbers = {
        VOID.triples: found.triples,
        VOID.entities: found.entities,
        VOID.distinctSubjects: found.subjects,
        VOID.distinctObjects: found.objects,
        VOID.properties: len(found.properties),
        VOID.classes: len(found.classes),
    }
    for predicate, number in numbers.items():
        say.number(say.release, predicate, number)
    say.text(say.release, VOID.uriSpace, BASE)
    say.iris(say.release, VOID.sparqlEndpoint, "sparql")
    say.iris(say.release, VOID.vocabulary, *{_namespace(value(term)) for term in (*found.properties, *found.classes)})
    if found.example:
        say.iris(say.release, VOID.exampleResource, value(found.example))


def _namespace(term: str) -> str:
    """Return the namespace of a term."""
    return term[: max(term.rfind("#"), term.rfind("/")) + 1]


def _linksets(say: _Turtle, found: Statistics) -> None:
    titles = {space: title for title, space in TARGETS.items()}
    for (space, term), number in found.links.items():
        links, target = say.part("links", titles[space], value(term)), say.part("target", titles[space])
        say.iris(say.release, VOID.subset, links)
        say.iris(links, RDF.type, VOID.Linkset)
        say.iris(links, VOID.subjectsTarget, say.release)
        say.iris(links, VOID.objectsTarget, target)
        say.iris(links, VOID.linkPredicate, value(term))
        say.number(links, VOID.triples, number)
        say.iris(target, RDF.type, VOID.Dataset)
        say.text(target, DCT.title, titles[space], "en")
        say.text(target, VOID.uriSpace, space)
