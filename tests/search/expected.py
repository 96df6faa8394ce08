"""Queries with the results that a reader expects among the first five, by the kind of the query.

A result is expected by its name, or after ``kind:`` by the label of its kind; an empty set expects no result at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.search_index import Hit, SearchIndex, SearchRequest

FIRST = 5
"""Number of results that a reader looks at."""

SHIPPED: Mapping[str, Mapping[str, set[str]]] = {
    "topics": {
        "light microscopy": {"Light microscopy"},
        "pathogens": {"Sharing of pathogen data", "Analysis of pathogen data"},
        "archive software": {"Publishing software", "Archiving research software"},
        "mouse imaging": {"Imaging of mice", "Preclinical Imaging"},
        "mass spec": {"Mass spectrometry"},
        "high-performance computing": {"High-performance computing"},
    },
    "acronyms": {
        "MRI": {"Magnetic Resonance", "MR Imaging", "Preclinical Imaging", "Imaging of mice"},
        "NGS": {"High-Throughput Sequencing"},
        "VCF": {"Variant Call Format"},
        "GDPR": {"General Data Protection Regulation"},
        "DSW": {"Data Stewardship Wizard"},
    },
    "misspellings": {
        "preclincal imaging": {"Preclinical Imaging"},
        "mikroscopy": {"Light microscopy"},
        "zenodoo": {"Zenodo"},
        "spectrometery": {"Mass spectrometry"},
    },
    "identifiers": {
        "fairsharing.org/FAIRsharing.wy4egf": {"Zenodo"},
        "bsg-s000114": {"Digital Imaging and COmmunications in Medicine"},
        "LOV-2009-06-19-97": {"Norwegian Animal Welfare Act"},
        "32016R0679": {"General Data Protection Regulation"},
        "0000-0003-0961-6234": {"Torill Sjøbakk"},
    },
    "kind words": {
        "repository": {"kind:repository"},
        "law": {"kind:law"},
        "sequence repository": {"European Nucleotide Archive", "European Nucleotide Archive (ENA)"},
        "proteomics repositories": {"PRoteomics IDEntifications database"},
        "ontology of plants": {"Plant Ontology"},
        "proprietary file format": {"ND2", "LIF", "CZI-zeiss"},
    },
    "Norwegian words": {
        "dyrevelferdsloven": {"Norwegian Animal Welfare Act"},
        "personvernforordningen": {"General Data Protection Regulation"},
        "forsøksdyrutvalget": {"Preclinical Imaging"},
        "lov": {"kind:law"},
    },
    "words of bodies": {
        "nanopores": {"High-Throughput Sequencing"},
        "Leica": {"Light microscopy", "LIF"},
        "object storage": {"Light microscopy", "OME-NGFF"},
        "viral vectors": {"Preclinical Imaging"},
        "who may read sequences": {"Sharing of pathogen data"},
    },
    "people": {
        "Sjøbakk": {"Torill Sjøbakk"},
        "korbinian bosl": {"Korbinian Bösl"},
        "Federico Bianchni": {"Federico Bianchini"},
    },
    "nonsense": {
        "xqzwv": set(),
        "flibbertigibbet": set(),
        "asdfghjkl qwertyuiop": set(),
    },
}
"""Queries over the shipped content and the small sites of the tests."""

REFERENCE: Mapping[str, Mapping[str, set[str]]] = {
    "topics": {
        "data management plan": {"Data management plan"},
        "proteomics": {"Proteomics"},
        "rare diseases": {"Rare disease data"},
        "sensitive data": {"Data sensitivity", "Human data"},
        "plants phenotyping": {"Plant Phenomics", "Plant sciences"},
        "where to store data": {"Data storage"},
        "mouse MRI": {"Preclinical Imaging", "Bioimaging data", "XNAT-PIC"},
    },
    "acronyms": {
        "MRI": {"Magnetic Resonance", "MR Imaging", "Preclinical Imaging", "XNAT-PIC"},
        "EGA": {"The European Genome-phenome Archive (EGA)", "Federated EGA Norway"},
        "PID": {"Identifiers"},
        "DMP": {"Data management plan"},
        "SNOMED": {"Systematized Nomenclature of Medicine Clinical Terms (SNOMED CT)"},
    },
    "misspellings": {
        "protoemics": {"Proteomics"},
        "metagenomcs": {"Marine metagenomics", "Marine Metagenomics"},
        "licencing": {"Licensing"},
        "psuedonymisation": {"Data sensitivity", "GDPR compliance", "Human data"},
        "Arrayexpres": {"ArrayExpress"},
    },
    "identifiers": {
        "FAIRsharing.b7z8by": {"Digital Imaging and COmmunications in Medicine"},
        "https://lovdata.no/dokument/NL/lov/2018-06-15-40": {"Copyright Act"},
        "Regulation (EU) 2016/679": {"EU General Data Protection Regulation"},
        "https://orcid.org/0000-0001-6565-5145": {"Frederik Coppens"},
    },
    "kind words": {
        "law": {"kind:law"},
        "cancer repository": {"kind:repository"},
        "law on animals": {"Animal welfare act", "Norwegian Regulation on Animal Experimentation"},
        "single-cell tools": {"kind:tool", "Single-cell sequencing"},
        "metadata standards": {"kind:standard", "kind:reporting guideline", "Documentation and metadata"},
    },
    "Norwegian words": {
        "personopplysningsloven": {"Personal Data Act"},
        "helseforskningsloven": {"Health Research Act"},
        "åndsverkloven": {"Copyright Act"},
        "forskningsrådet": {"Research Council of Norway"},
        "personvern": {"EU General Data Protection Regulation", "GDPR compliance", "Norway"},
    },
    "words of bodies": {
        "pseudonym": {"Data sensitivity", "GDPR compliance", "Human data"},
        "k-anonymity": {"Data sensitivity"},
        "checksum": {"Data quality", "Data transfer", "Data storage", "Data security", "File validation"},
        "embargo": {"Data publication", "Sharing", "Data brokering", "Existing data", "Costs of data management"},
        "wet-lab protocols": {"Microbial biotechnology"},
    },
    "people": {
        "Frederik Coppens": {"Frederik Coppens"},
        "Leskosek": {"Brane Leskošek"},
        "Pafillis": {"Evangelos Pafilis"},
    },
    "nonsense": {
        "qwrtplkjh": set(),
        "snorgle blarptastic": set(),
        "zzzzz": set(),
    },
}
"""Queries over the sites of reference."""


def place(index: SearchIndex, text: str, expected: set[str]) -> int:
    """Return the 1-based place of the first expected result; 0 if it is not among the first, 1 for a right nothing."""
    hits = index.search(SearchRequest(text, size=FIRST)).hits
    if not expected:
        return int(not hits)
    return next((at for at, hit in enumerate(hits, 1) if _is_expected(hit, expected)), 0)


def _is_expected(hit: Hit, expected: set[str]) -> bool:
    return hit.name in expected or f"kind:{hit.kind}" in expected
