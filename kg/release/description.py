"""The description of a release in DCAT and VoID.

The file is not part of the graph, since it contains times and checksums. URLs of the server are relative to its root,
which is the base IRI of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rdflib import Graph, Literal, URIRef

from kg import __version__
from kg.query import FORMATS_BY_EXTENSION
from kg.release.nquads import value
from kg.vocab import (
    BASE,
    BUILDERS,
    DATASET,
    DCAT,
    DCT,
    FOAF,
    PREFIXES,
    PROV,
    RDF,
    RDM,
    SCHEMA,
    SPDX,
    VOID,
    XSD,
    Minter,
    prefixed_name,
)

_TARGETS = {
    "bio.tools": "https://bio.tools/",
    "Creative Commons": "https://creativecommons.org/",
    "Crossref Funder Registry": "https://doi.org/10.13039/",
    "DICOM": "http://dicom.nema.org/",
    "EDAM": "http://edamontology.org/",
    "EU authority tables": "http://publications.europa.eu/resource/authority/",
    "EUR-Lex": "http://data.europa.eu/eli/",
    "Europe PMC": "https://europepmc.org/article/",
    "FAIRsharing": "https://doi.org/10.25504/FAIRsharing.",
    "identifiers.org": "https://identifiers.org/",
    "Lovdata": "https://lovdata.no/eli/",
    "ORCID": "https://orcid.org/",
    "re3data": "https://www.re3data.org/repository/",
    "ROR": "https://ror.org/",
    "TeSS": "https://tess.elixir-europe.org/",
    "Wikidata": "http://www.wikidata.org/entity/",
}
"""Name of a data set that releases link to → namespace of its IRIs."""
_SPACES = tuple(f"<{space}" for space in _TARGETS.values())
_TYPE, _SHEET = f"<{RDF.type}>", f"<{RDM.CheatSheet}>"
_IANA = "https://www.iana.org/assignments/media-types/"


@dataclass(slots=True)
class Statistics:
    """Counts of the distinct statements of a release."""

    triples: int = 0
    entities: int = 0
    """Number of subjects with a type."""
    subjects: int = 0
    objects: int = 0
    properties: Counter[str] = field(default_factory=Counter)
    """Property → number of statements."""
    property_subjects: Counter[str] = field(default_factory=Counter)
    """Property → number of distinct subjects."""
    classes: Counter[str] = field(default_factory=Counter)
    """Class → number of instances."""
    links: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Namespace of another data set and property → number of statements that link to it."""
    example: str = ""
    """Cheat sheet as an N-Quads term; empty if there is none."""


def count(graph: Path) -> Statistics:
    """Count the statements of a sorted ``graph.nq`` in one pass, holding only hashes of the objects in memory."""
    found, objects = Statistics(), set[int]()
    subject = predicate = typed = ""
    for s, p, o in _triples(graph):
        found.triples += 1
        found.properties[p] += 1
        objects.add(hash(o))
        found.subjects += s != subject
        found.property_subjects[p] += (s, p) != (subject, predicate)
        subject, predicate = s, p
        if p == _TYPE:
            found.entities += s != typed
            typed = s
            found.classes[o] += 1
            found.example = found.example or (s if o == _SHEET else "")
        elif (target := _target(o)) and not s.startswith(f"<{target}"):
            found.links[target, p] += 1
    found.objects = len(objects)
    return found


def _triples(graph: Path) -> Iterator[list[str]]:
    """Yield the distinct statements: in a sorted file, the copies of one in several graphs are adjacent."""
    before = ""
    with graph.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            triple = line.rsplit(" ", 2)[0]
            if triple != before:
                before = triple
                yield triple.split(" ", 2)


def _target(term: str) -> str:
    """Return the namespace of a term's data set; empty if it is not in :data:`_TARGETS`."""
    if not term.startswith(_SPACES):
        return ""
    return next(space[1:] for space in _SPACES if term.startswith(space))


def describe(found: Statistics, manifest: Mapping[str, Any], previous: str = "") -> str:
    """Return the description of a release as Turtle, byte-identical for the same release.

    ``manifest`` has at least ``release``, ``created``, ``counts``, ``sites`` and ``files``; ``previous`` is the id of
    the preceding release, if any.
    """
    say = _Turtle(f"{DATASET}/{manifest['release']}")
    _version(say, manifest, previous)
    for name, facts in sorted(manifest["files"].items()):
        if name.startswith("dumps/"):
            _dump(say, name, facts)
    _size(say, found)
    _partitions(say, found)
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
        literal = Literal(text, lang=language, datatype=URIRef(kind) if kind else None)
        self.graph.add((URIRef(subject), URIRef(predicate), literal))

    def number(self, subject: str, predicate: str, number: int) -> None:
        """Add a statement with an integer."""
        self.text(subject, predicate, str(number), kind=XSD.integer)


def _version(say: _Turtle, manifest: Mapping[str, Any], previous: str) -> None:
    for dataset in (DATASET, say.release):
        say.iris(dataset, RDF.type, DCAT.Dataset, VOID.Dataset)
        say.text(dataset, DCT.title, "Research data management knowledge graph", "en")
        say.text(dataset, DCT.description, "What pages on research data management recommend, and where.", "en")
    say.iris(".well-known/void", RDF.type, VOID.DatasetDescription)
    say.iris(".well-known/void", FOAF.primaryTopic, say.release)
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


def _dump(say: _Turtle, name: str, facts: Mapping[str, Any]) -> None:
    dump, checksum = say.part(name), say.part(name, "sha256")
    say.iris(say.release, DCAT.distribution, dump)
    say.iris(say.release, VOID.dataDump, name)
    say.iris(dump, RDF.type, DCAT.Distribution)
    say.text(dump, DCT.title, name.rpartition("/")[2])
    say.iris(dump, DCAT.accessURL, "dumps/")
    say.iris(dump, DCAT.downloadURL, name)
    say.text(dump, DCAT.byteSize, str(facts["bytes"]), kind=XSD.nonNegativeInteger)
    if fmt := FORMATS_BY_EXTENSION.get(name.rpartition(".")[2]):
        say.iris(dump, DCAT.mediaType, _IANA + fmt.media_type)
        say.iris(_IANA + fmt.media_type, RDF.type, DCT.MediaType)
    say.iris(dump, SPDX.checksum, checksum)
    say.iris(checksum, RDF.type, SPDX.Checksum)
    say.iris(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
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


def _partitions(say: _Turtle, found: Statistics) -> None:
    for term, number in found.classes.items():
        part = say.part("class", value(term))
        say.iris(say.release, VOID.classPartition, part)
        say.iris(part, VOID["class"], value(term))
        say.number(part, VOID.entities, number)
    for term, number in found.properties.items():
        part = say.part("property", value(term))
        say.iris(say.release, VOID.propertyPartition, part)
        say.iris(part, VOID.property, value(term))
        say.number(part, VOID.triples, number)
        say.number(part, VOID.distinctSubjects, found.property_subjects[term])


def _linksets(say: _Turtle, found: Statistics) -> None:
    titles = {space: title for title, space in _TARGETS.items()}
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
