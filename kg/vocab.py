"""Every vocabulary term and prefix that the graph uses, in closed namespaces, and the IRIs that we mint.

IRIs are plain strings here, so that this module needs no RDF library; whoever builds a graph wraps them. Our own terms
are those that ``ontology/rdm.ttl`` declares; terms of other vocabularies are listed below.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from kg.declarations import DECLARATIONS, NAMESPACES
from kg.iri import is_local_name


class Namespace:
    """A closed vocabulary: attribute access gives a term's IRI and raises AttributeError for a term that is not listed.

    >>> DCT.title
    'http://purl.org/dc/terms/title'
    >>> DCT.titel
    Traceback (most recent call last):
    AttributeError: http://purl.org/dc/terms/ has no term 'titel' here; add it to kg/vocab.py if it exists
    """

    def __init__(self, base: str, terms: str, home: str = "kg/vocab.py") -> None:
        self.base = base
        self._home = home
        self.terms = {term: base + term for term in terms.split()}

    def __getattr__(self, term: str) -> str:
        return self[term]

    def __getitem__(self, term: str) -> str:
        try:
            return self.terms[term]
        except KeyError:
            message = f"{self.base} has no term {term!r} here; add it to {self._home} if it exists"
            raise AttributeError(message) from None


def _declared(prefix: str) -> Namespace:
    """Return the namespace of a prefix with the terms that our ontology declares in it."""
    base = NAMESPACES[prefix]
    terms = (iri.removeprefix(base) for iri in DECLARATIONS if iri.startswith(base))
    return Namespace(base, " ".join(terms), home="ontology/rdm.ttl")


BLOCK, RDM, ROLE, SECTION = map(_declared, ("block", "rdm", "role", "section"))
ADMS = Namespace("http://www.w3.org/ns/adms#", "Identifier identifier schemaAgency versionNotes")
DCAT = Namespace(
    "http://www.w3.org/ns/dcat#",
    "Catalog catalog DataService Dataset Distribution Resource accessURL accessService byteSize contactPoint dataset "
    "distribution downloadURL endpointDescription endpointURL hasVersion keyword landingPage mediaType previousVersion "
    "record resource servesDataset service theme themeTaxonomy version hasCurrentVersion isVersionOf",
)
DCM = Namespace("http://dicom.nema.org/resources/ontology/DCM/", "")
DCT = Namespace(
    "http://purl.org/dc/terms/",
    "Agent Frequency LicenseDocument LinguisticSystem Location MediaType MediaTypeOrExtent PeriodOfTime "
    "ProvenanceStatement RightsStatement Standard abstract accessRights conformsTo contributor created creator "
    "description format hasPart identifier isPartOf issued language license modified provenance publisher references "
    "relation rights source spatial subject title type",
)
ELI = Namespace("http://data.europa.eu/eli/ontology#", "LegalResource id_local is_realized_by title type_document")
FOAF = Namespace(
    "http://xmlns.com/foaf/0.1/", "Agent Document Organization Person homepage isPrimaryTopicOf name page primaryTopic"
)
LEGAL_TYPE = Namespace("https://data.norge.no/vocabulary/legal-resource-type#", "act regulation")
OWL = Namespace(
    "http://www.w3.org/2002/07/owl#",
    "AnnotationProperty Class DatatypeProperty NamedIndividual Nothing ObjectProperty Ontology Thing sameAs "
    "versionIRI versionInfo",
)
PROV = Namespace(
    "http://www.w3.org/ns/prov#",
    "Activity Entity SoftwareAgent endedAtTime generatedAtTime specializationOf used wasAssociatedWith "
    "wasAttributedTo wasDerivedFrom wasGeneratedBy",
)
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "Property langString type value")
RDFS = Namespace(
    "http://www.w3.org/2000/01/rdf-schema#",
    "Class Datatype Resource comment domain isDefinedBy label range seeAlso subClassOf subPropertyOf",
)
SCHEMA = Namespace(
    "https://schema.org/",
    "DataCatalog LearningResource Person Organization Service SoftwareApplication WebApplication about affiliation "
    "author citation codeRepository creativeWorkStatus editor identifier inLanguage isPartOf keywords license "
    "mentions name provider sameAs softwareVersion sponsor url",
)
SD = Namespace(
    "http://www.w3.org/ns/sparql-service-description#",
    "Service Dataset Graph NamedGraph defaultDataset defaultGraph endpoint feature graph name namedGraph "
    "resultFormat supportedLanguage SPARQL11Query",
)
SH = Namespace(
    "http://www.w3.org/ns/shacl#",
    "PrefixDeclaration SPARQLExecutable SPARQLSelectExecutable declare namespace prefix prefixes select",
)
SKOS = Namespace(
    "http://www.w3.org/2004/02/skos/core#",
    "Collection Concept ConceptScheme altLabel closeMatch definition exactMatch hasTopConcept inScheme member "
    "narrower note notation prefLabel broader topConceptOf",
)
SPDX = Namespace("http://spdx.org/rdf/terms#", "Checksum algorithm checksum checksumAlgorithm_sha256 checksumValue")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#", "Kind Organization fn hasEmail hasURL")
VOID = Namespace(
    "http://rdfs.org/ns/void#",
    "Dataset DatasetDescription Linkset class classPartition classes dataDump distinctObjects distinctSubjects "
    "entities exampleResource linkPredicate objectsTarget properties property propertyPartition sparqlEndpoint subset "
    "subjectsTarget triples uriSpace vocabulary",
)
XSD = Namespace(
    "http://www.w3.org/2001/XMLSchema#", "anyURI boolean date dateTime hexBinary integer nonNegativeInteger string"
)

PREFIXES = {
    "adms": ADMS.base,
    "block": BLOCK.base,
    "dcat": DCAT.base,
    "dcm": DCM.base,
    "dct": DCT.base,
    "eli": ELI.base,
    "fairsharing": "https://doi.org/10.25504/FAIRsharing.",
    "foaf": FOAF.base,
    "orcid": "https://orcid.org/",
    "owl": OWL.base,
    "prov": PROV.base,
    "rdf": RDF.base,
    "rdfs": RDFS.base,
    "rdm": RDM.base,
    "role": ROLE.base,
    "ror": "https://ror.org/",
    "schema": SCHEMA.base,
    "sd": SD.base,
    "section": SECTION.base,
    "skos": SKOS.base,
    "spdx": SPDX.base,
    "vcard": VCARD.base,
    "void": VOID.base,
    "xsd": XSD.base,
}
"""Prefix → namespace, as every writer and every example query uses them."""

TITLES = (DCT.title, SKOS.prefLabel, FOAF.name, SCHEMA.name, RDFS.label, VCARD.fn)
"""The properties that name a thing, the best first."""

DESCRIPTIONS = (DCT.description, SKOS.definition, RDFS.comment)
"""The properties that describe a thing in prose, the best first."""

BASE = "https://w3id.org/rdm-kg/id/"
"""Where data lives unless the builder is told otherwise."""

CROSSWALK_GRAPHS = "https://w3id.org/rdm-kg/graph/"
"""Where the named graphs of the crosswalks are named, before the crosswalk's name."""

FAIRSHARING_GRAPH = "https://w3id.org/rdm-kg/graph/fairsharing"
"""The named graph of what FAIRsharing says of the records that pages use."""

FAIRSHARING_KINDS_GRAPH = "https://w3id.org/rdm-kg/graph/fairsharing-kinds"
"""The named graph of what kind of thing a record is, where that was inferred from Bioregistry's selection."""

DICOM_GRAPH = "https://w3id.org/rdm-kg/graph/dicom"
"""The named graph of the DICOM concepts that pages use."""

RULES = "https://w3id.org/rdm-kg/rule/"
"""Where the rules of ``kg check`` are named, before the rule's name."""

SHAPES = "https://w3id.org/rdm-kg/shape/"
"""Where the shapes of ``ontology/shapes`` are named, before the shape's name."""

QUESTIONS = "https://w3id.org/rdm-kg/question/"
"""Where the canned questions are named, before the question's name."""

QUESTIONS_GRAPH = "https://w3id.org/rdm-kg/graph/questions"
"""The named graph of the canned questions."""

INFERRED_GRAPH = "https://w3id.org/rdm-kg/graph/inferred"
"""The named graph of what the reasoner adds."""

BUILDERS = "https://w3id.org/rdm-kg/builder/"
"""Where the versions of this program are named, before the version's number."""

DATASET = "https://w3id.org/rdm-kg/dataset"
"""The graph as a data set, whatever its release; a release is below it, under its id."""


def prefixed_name(iri: str) -> str:
    """Return an IRI as it can be written in Turtle with the longest of our prefixes, or the IRI where none fits.

    >>> prefixed_name("http://purl.org/dc/terms/title"), prefixed_name("https://example.org/a")
    ('dct:title', 'https://example.org/a')
    >>> prefixed_name("https://schema.org/a/b"), prefixed_name("https://ror.org/")
    ('https://schema.org/a/b', 'https://ror.org/')
    """
    fitting = ((base, prefix) for prefix, base in PREFIXES.items() if iri.startswith(base))
    base, prefix = max(fitting, key=lambda pair: len(pair[0]), default=("", ""))
    name = iri[len(base) :]
    return f"{prefix}:{name}" if base and is_local_name(name) else iri


def expanded_name(name: str) -> str | None:
    """Return the IRI that a name with one of our prefixes stands for, or ``None``; the prefix's case does not matter.

    >>> expanded_name("dct:title"), expanded_name("ROR:01xtthb56"), expanded_name("https://ror.org/")
    ('http://purl.org/dc/terms/title', 'https://ror.org/01xtthb56', None)
    """
    prefix, _, local = name.partition(":")
    base = PREFIXES.get(prefix.lower())
    return base + local if base and is_local_name(local) else None


@dataclass(frozen=True, slots=True)
class Minter:
    """Mints the IRIs of one site's things, for everything that has no global IRI.

    >>> Minter("lookup").page("pic"), Minter("lookup").thing("UiO Storage Hotel")
    ('https://w3id.org/rdm-kg/id/lookup/page/pic', 'https://w3id.org/rdm-kg/id/lookup/thing/uio-storage-hotel')
    """

    site: str
    """The site's key."""
    base: str = BASE

    @property
    def catalog(self) -> str:
        """The site's catalogue."""
        return f"{self.base}{self.site}"

    def page(self, identifier: str) -> str:
        """A page, by its ``page_id`` or the slug of its path."""
        return f"{self.base}{self.site}/page/{_segment(identifier)}"

    def thing(self, label: str) -> str:
        """A thing that the site names; the same label on two pages is the same thing."""
        return f"{self.base}{self.site}/thing/{slug(label)}"

    def organisation(self, name: str) -> str:
        """An organisation without a ROR."""
        return f"{self.base}{self.site}/org/{slug(name)}"

    def organisation_type(self, kind: str = "") -> str:
        """A kind of organisation as the site's list names it; without a name, the scheme of them all.

        >>> Minter("lookup").organisation_type("infrastructure")
        'https://w3id.org/rdm-kg/id/lookup/org-type/infrastructure'
        """
        return f"{self.base}{self.site}/org-type" + (f"/{slug(kind)}" if kind else "")

    def person(self, name: str) -> str:
        """A person without an ORCID."""
        return f"{self.base}{self.site}/person/{slug(name)}"

    def tool(self, identifier: str, ordinal: int = 1) -> str:
        """An entry of the site's list of tools; ``ordinal`` counts those that have the same id by mistake.

        >>> Minter("rdmkit").tool("chebi"), Minter("rdmkit").tool("chebi", 2)[-7:]
        ('https://w3id.org/rdm-kg/id/rdmkit/tool/chebi', 'chebi#2')
        """
        iri = f"{self.base}{self.site}/tool/{_segment(identifier)}"
        return iri if ordinal == 1 else f"{iri}#{ordinal}"

    def data(self, path: str) -> str:
        """A file of the site's ``_data`` folder, by its path within the site.

        >>> Minter("rdmkit").data("_data/CONTRIBUTORS.yaml")
        'https://w3id.org/rdm-kg/id/rdmkit/data/contributors'
        """
        return f"{self.base}{self.site}/data/{slug(path.removeprefix('_data/').rpartition('.')[0])}"

    def dmp_template(self, uuid: str) -> str:
        """A template of a data management plan."""
        return f"{self.base}{self.site}/dmp/{quote(uuid.strip().lower(), safe='-')}"


def _segment(identifier: str) -> str:
    """An identifier as the last segment of a path; a dot or two would mean a folder there."""
    return f"-{identifier}" if identifier in (".", "..") else quote(identifier, safe="-._~")


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; never empty.

    >>> slug("Norwegian NMR Platform (NNP)")
    'norwegian-nmr-platform-nnp'
    >>> slug("Tromsø"), slug("試"), slug("C++")
    ('tromso', 'x8a66', 'c-plus-plus')
    """
    text = text.replace("+", " plus ").replace("#", " sharp ").translate(_LATIN)
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.lower())
    return "-".join(words) or "-".join(f"x{ord(c):x}" for c in text if not c.isspace()) or "x"


_LATIN = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "å": "a", "Å": "A", "ß": "ss", "đ": "d", "ł": "l"})
