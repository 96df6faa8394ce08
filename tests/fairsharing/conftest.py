"""Tables with a few records in a folder of their own; no proxy between the tests and the replay server."""

from __future__ import annotations

from pathlib import Path

import pytest

RECORDS = """\
# title: "Some records"
# license: "https://creativecommons.org/licenses/by-sa/4.0/"
id	name	abbreviation	registry	record_type	type_basis	bioregistry	source
3887							linked from a site
FAIRsharing.1gr4tz	Experimental Factor Ontology	EFO	standard	terminology_artefact	inferred	efo	Bioregistry
FAIRsharing.9qv71f	Systems Biology Markup Language	SBML	standard	model_and_format	asserted		Bioregistry
FAIRsharing.b7z8by	Digital Imaging						Bioregistry
"""
MAPPINGS = """\
# mapping_set_id: "https://w3id.org/rdm-kg/crosswalk/fairsharing"
# license: "https://creativecommons.org/licenses/by-sa/4.0/"
# curie_map:
#   fairsharing: "https://doi.org/10.25504/FAIRsharing."
#   fairsharing.org: "https://fairsharing.org/"
#   re3data: "https://www.re3data.org/repository/"
#   semapv: "https://w3id.org/semapv/vocab/"
#   skos: "http://www.w3.org/2004/02/skos/core#"
#   sssom: "https://w3id.org/sssom/"
subject_id	subject_label	predicate_id	object_id	mapping_justification	comment
fairsharing.org:1498		skos:exactMatch	fairsharing:1gr4tz	semapv:UnspecifiedMatching	Bioregistry
fairsharing.org:bsg-s000999	An old name	skos:exactMatch	sssom:NoTermFound	semapv:LexicalMatching	a site
fairsharing.org:bsg-s009999		skos:exactMatch	fairsharing.org:3887	semapv:UnspecifiedMatching	a site
re3data:r3d100010000		skos:closeMatch	fairsharing:b7z8by	semapv:UnspecifiedMatching	Bioregistry
"""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "crosswalks"
    folder.mkdir()
    (folder / "fairsharing.records.tsv").write_text(RECORDS, encoding="utf-8")
    (folder / "fairsharing.sssom.tsv").write_text(MAPPINGS, encoding="utf-8")
    return folder
