"""The vocabulary terms and prefixes of the graph, in closed namespaces, and the minting of this project's IRIs.

IRIs are plain strings, so that this module needs no RDF library. The terms of the project's own namespaces are read
from ``ontology/rdm.ttl``; terms of other vocabularies are listed here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from kg.declarations import DECLARATIONS, NAMESPACES
from kg.iri import anonymous, is_local_name


class Namespace:
    """A closed namespace: attribute access returns the IRI of a term, and raises AttributeError for an unlisted term.

    >>> DCT.title
    'http://purl.org/dc/terms/title'
    >>> DCT.heading
    Traceback (most recent call last):
    AttributeError: http://purl.org/dc/terms/ has no term 'heading' here; add it to kg/vocab.py if it exists
    """

    def __init__(self, base: str, terms: str, home: str = "kg/vocab.py") -> None:
        iris = {term: base + term for term in terms.split()}
        vars(self).update(iris)  # found faster than by __getattr__
        self.base = base
        self._home = home
        self.terms = iris

    def __getattr__(self, term: str) -> str:
        return self[term]

    def __getitem__(self, term: str) -> str:
        try:
            return self.terms[term]
        except KeyError:
            message = f"{self.base} has no term {term!r} here; add it to {self._home} if it exists"
            raise AttributeError(message) from None


def _declared(prefix: str) -> Namespace:
    """Return the namespace of a prefix with the terms that ``ontology/rdm.ttl`` declares in it."""
    base = NAMESPACES[prefix]
    terms = (iri.removeprefix(base) for iri in DECLARATIONS if iri.startswith(base))
    return Namespace(base, " ".join(terms), home="ontology/rdm.ttl")


BLOCK, RDM, ROLE, SECTION = map(_declared, ("block", "rdm", "role", "section"))
ADMS = Namespace("http://www.w3.org/ns/adms#", "Identifier identifier schemaAgency versionNotes")
DCAT = Namespace(
    "http://www.w3.org/ns/dcat#",
    "Catalog catalog DataService Dataset Distribution Resource accessURL accessService byteSize contactPoint dataset "
    "distribution downloadURL endpointDescription endpointURL hasVersion keyword landingPage mediaType previousVersion "
    "record resource servesDataset service theme themeTaxonomy version hasCurrentVersion "
    "isVersionOf",
)
DCM = Namespace("http://dicom.nema.org/resources/ontology/DCM/", "")
DCT = Namespace(
    "http://purl.org/dc/terms/",
    "Agent Frequency LicenseDocument LinguisticSystem Location MediaType MediaTypeOrExtent PeriodOfTime "
    "ProvenanceStatement RightsStatement Standard abstract accessRights conformsTo contributor created creator "
    "description format hasPart identifier isPartOf issued language license modified provenance publisher references "
    "relation rights source spatial subject title type",
)
ELI = Namespace(
    "http://data.europa.eu/eli/ontology#",
    "InForce-notInForce LegalResource id_local in_force is_realized_by repealed_by title type_document",
)
FOAF = Namespace(
    "http://xmlns.com/foaf/0.1/", "Agent Document Organization Person homepage isPrimaryTopicOf name page primaryTopic"
)
HYDRA = Namespace(
    "http://www.w3.org/ns/hydra/core#", "Collection PartialCollectionView first last next previous totalItems view"
)
LEGAL_TYPE = Namespace("https://data.norge.no/vocabulary/legal-resource-type#", "act regulation")
OWL = Namespace(
    "http://www.w3.org/2002/07/owl#",
    "AllDisjointClasses AnnotationProperty Class DatatypeProperty NamedIndividual Nothing ObjectProperty Ontology "
    "Restriction Thing annotatedProperty annotatedSource annotatedTarget disjointWith equivalentClass intersectionOf "
    "inverseOf members onProperty sameAs someValuesFrom versionIRI versionInfo",
)
PROV = Namespace(
    "http://www.w3.org/ns/prov#",
    "Activity Entity SoftwareAgent endedAtTime generatedAtTime specializationOf used wasAssociatedWith "
    "wasAttributedTo wasDerivedFrom wasGeneratedBy",
)
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "Property first langString rest type value")
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
SEMAPV = Namespace(
    "https://w3id.org/semapv/vocab/", "BackgroundKnowledgeBasedMatching CompositeMatching ManualMappingCuration"
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
SPDX = Namespace(
    "http://spdx.org/rdf/terms#", "Checksum ChecksumAlgorithm algorithm checksum checksumAlgorithm_sha256 checksumValue"
)
SSSOM = Namespace("https://w3id.org/sssom/", "Mapping mapping_justification")
VANN = Namespace("http://purl.org/vocab/vann/", "preferredNamespacePrefix preferredNamespaceUri")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#", "Kind Organization fn hasEmail hasURL")
VOID = Namespace(
    "http://rdfs.org/ns/void#",
    "Dataset DatasetDescription Linkset class classPartition classes dataDump distinctObjects distinctSubjects "
    "entities exampleResource linkPredicate objectsTarget properties property propertyPartition sparqlEndpoint subset "
    "subjectsTarget triples uriSpace vocabulary",
)
VOID_EXT = Namespace("http://ldf.fi/void-ext#", "datatype datatypePartition")
XSD = Namespace(
    "http://www.w3.org/2001/XMLSchema#",
    "anyURI boolean date dateTime decimal double hexBinary integer nonNegativeInteger string",
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
    "semapv": SEMAPV.base,
    "skos": SKOS.base,
    "spdx": SPDX.base,
    "sssom": SSSOM.base,
    "vcard": VCARD.base,
    "void": VOID.base,
    "xsd": XSD.base,
}
"""Mapping of prefix to namespace IRI, used in all output and example queries."""

TITLES = (DCT.title, SKOS.prefLabel, FOAF.name, SCHEMA.name, RDFS.label, VCARD.fn)
"""The properties that name a thing, in order of preference."""

DESCRIPTIONS = (DCT.description, SKOS.definition, RDFS.comment)
"""The properties that describe a thing in prose, in order of preference."""

ROOT = "https://w3id.org/rdm-kg/"
"""Persistent address of the server's root; every IRI of this project is below it."""

BASE = ROOT + "id/"
"""Base IRI of the data, before a site's key."""

KNOWLEDGE_BASE = BASE + "catalog"
"""IRI of the catalogue that contains the catalogues of the sites."""

ENDPOINT = ROOT + "sparql"
"""IRI of the SPARQL endpoint as a data service."""

CROSSWALK_GRAPHS = "https://w3id.org/rdm-kg/graph/"
"""Base IRI of the named graphs of crosswalks, before the crosswalk's name."""

FAIRSHARING_GRAPH = "https://w3id.org/rdm-kg/graph/fairsharing"
"""IRI of the named graph with FAIRsharing's statements about the records that pages use."""

FAIRSHARING_KINDS_GRAPH = "https://w3id.org/rdm-kg/graph/fairsharing-kinds"
"""IRI of the named graph with the kinds of records that were inferred from Bioregistry."""

DICOM_GRAPH = "https://w3id.org/rdm-kg/graph/dicom"
"""IRI of the named graph of DICOM concepts."""

JOINS_GRAPH = "https://w3id.org/rdm-kg/graph/joins"
"""The named graph of which things of different sites are the same, and by what evidence."""

RULES = "https://w3id.org/rdm-kg/rule/"
"""Base IRI of the rules of ``kg check``, before the rule's name."""

SHAPES = "https://w3id.org/rdm-kg/shape/"
"""Base IRI of the shapes of ``ontology/shapes``, before the shape's name."""

QUESTIONS = "https://w3id.org/rdm-kg/question/"
"""Base IRI of the canned questions, before the question's name."""

QUESTIONS_GRAPH = "https://w3id.org/rdm-kg/graph/questions"
"""IRI of the named graph of the canned questions."""

DESCRIPTION_GRAPH = "https://w3id.org/rdm-kg/graph/description"
"""IRI of the named graph in which a release describes itself; it is no part of the union, nor of the dumps."""

UNION_GRAPH = "https://w3id.org/rdm-kg/graph/union"
"""IRI of the graph that holds the default graph in engines that have none; no release has it."""

INFERRED_GRAPH = "https://w3id.org/rdm-kg/graph/inferred"
"""IRI of the named graph of inferred statements."""

BUILDERS = "https://w3id.org/rdm-kg/builder/"
"""Base IRI of the versions of this program, before the version's number."""

DATASET = "https://w3id.org/rdm-kg/dataset"
"""IRI of the graph as a data set, independent of releases; the IRI of a release is below it, under the release's id."""


def prefixed_name(iri: str) -> str:
    """Return an IRI as a prefixed name of Turtle, with the longest matching prefix, or the IRI where none matches.

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
    """Return the IRI of a name with a known prefix in upper or lower case, or ``None``.

    >>> expanded_name("dct:title"), expanded_name("ROR:01xtthb56"), expanded_name("https://ror.org/")
    ('http://purl.org/dc/terms/title', 'https://ror.org/01xtthb56', None)
    """
    prefix, _, local = name.partition(":")
    base = PREFIXES.get(prefix.lower())
    return base + local if base and is_local_name(local) else None


@dataclass(frozen=True, slots=True)
class Minter:
    """Mints IRIs for the things of one site that have no global IRI.

    >>> Minter("lookup").page("pic"), Minter("lookup").thing("UiO Storage Hotel")
    ('https://w3id.org/rdm-kg/id/lookup/page/pic', 'https://w3id.org/rdm-kg/id/lookup/thing/uio-storage-hotel')
    """

    site: str
    """Key of the site."""
    base: str = BASE

    @property
    def catalog(self) -> str:
        """IRI of the site's catalogue."""
        return f"{self.base}{self.site}"

    def page(self, identifier: str) -> str:
        """Return the IRI of a page, by its ``page_id`` or the slug of its path."""
        return f"{self.base}{self.site}/page/{_segment(identifier)}"

    def thing(self, label: str) -> str:
        """Return the IRI of a thing that the site names; the same label on two pages means the same thing."""
        return f"{self.base}{self.site}/thing/{slug(anonymous(label))}"

    def organisation(self, name: str) -> str:
        """Return the IRI of an organisation without a ROR."""
        return f"{self.base}{self.site}/org/{slug(anonymous(name))}"

    def organisation_type(self, kind: str = "") -> str:
        """Return the IRI of a type of organisation in the site's list; without a name, that of the concept scheme.

        >>> Minter("lookup").organisation_type("infrastructure")
        'https://w3id.org/rdm-kg/id/lookup/org-type/infrastructure'
        """
        return f"{self.base}{self.site}/org-type" + (f"/{slug(anonymous(kind))}" if kind else "")

    def person(self, name: str) -> str:
        """Return the IRI of a person without an ORCID."""
        return f"{self.base}{self.site}/person/{slug(anonymous(name))}"

    def tool(self, identifier: str, ordinal: int = 1) -> str:
        """Return the IRI of an entry of the site's list of tools; ``ordinal`` (from 1) counts entries with the same id.

        >>> Minter("rdmkit").tool("chebi"), Minter("rdmkit").tool("chebi", 2)[-7:]
        ('https://w3id.org/rdm-kg/id/rdmkit/tool/chebi', 'chebi#2')
        """
        iri = f"{self.base}{self.site}/tool/{_segment(identifier)}"
        return iri if ordinal == 1 else f"{iri}#{ordinal}"

    def data(self, path: str) -> str:
        """Return the IRI of a file of the site's ``_data`` folder, by its path within the site.

        >>> Minter("rdmkit").data("_data/CONTRIBUTORS.yaml")
        'https://w3id.org/rdm-kg/id/rdmkit/data/contributors'
        """
        return f"{self.base}{self.site}/data/{slug(path.removeprefix('_data/').rpartition('.')[0])}"

    def dmp_template(self, uuid: str) -> str:
        """Return the IRI of a template for data management plans, by its UUID."""
        return f"{self.base}{self.site}/dmp/{quote(uuid.strip().lower(), safe='-')}"


def _segment(identifier: str) -> str:
    """Return an identifier as a path segment; ``.`` and ``..`` are prefixed, because they mean a folder in a path."""
    return f"-{identifier}" if identifier in (".", "..") else quote(anonymous(identifier), safe="-._~")


def slug(text: str) -> str:
    """Return the words of a text in lower-case ASCII, joined by hyphens; never empty.

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
