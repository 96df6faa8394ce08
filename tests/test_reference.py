"""Builds of real sites, compared with hand-made truth in the folder ``KG_REFERENCE``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from kg.identifiers.legislation.law import EU_ELI
from kg.identifiers.legislation.names import names_of_laws
from kg.query import canned
from kg.query.rows import rows as rows_of
from kg.query.rows import text as text_of
from kg.release import Release, open_release
from kg.store.oxigraph import open_store
from kg.vocab import PREFIXES

REFERENCE = Path(os.environ.get("KG_REFERENCE", ""))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (REFERENCE / "gold").is_dir() or "KG_REFERENCE" not in os.environ,
        reason="KG_REFERENCE names no folder with reference sites",
    ),
]


@pytest.fixture(scope="module")
def lookup(reference_release: Callable[..., Path]) -> Path:
    return open_release(reference_release("lookup")).graph


@pytest.fixture(scope="module")
def large(reference_release: Callable[..., Path]) -> Release:
    return open_release(reference_release("rdmkit"))


def test_the_gold_standard_is_met_in_full(lookup: Path) -> None:
    command = [sys.executable, str(REFERENCE / "tools" / "score.py"), str(lookup), str(REFERENCE / "gold"), "-v"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_guidance_pages_are_understood_within_the_bounds(large: Release) -> None:
    command = [sys.executable, str(REFERENCE / "tools" / "score2.py"), str(large.graph)]
    scored = subprocess.run([*command, str(REFERENCE / "gold2"), "-v"], capture_output=True, text=True, check=False)
    assert scored.returncode == 0, scored.stdout


def test_a_large_site_builds_without_losing_a_page(large: Release) -> None:
    (site,) = json.loads(large.report.read_text(encoding="utf-8"))["sites"]
    facts = json.loads((REFERENCE / "gold" / "rdmkit_facts.json").read_text(encoding="utf-8"))
    paths = [*(page["path"] for page in site["pages"]), *site["kept_out"]]
    assert len([path for path in paths if path.endswith(".md")]) == facts["pages"]["md_with_front_matter"]
    assert [path for path in paths if not path.endswith(".md")] == ["index.html"]


@pytest.fixture(scope="module")
def rdmkit(large: Release) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.bulk_load(path=str(large.graph), format=pyoxigraph.RdfFormat.N_QUADS)
    return store


IN_FORCE = "https://lovdata.no/eli/lov/2018/06/15/38"
"""The Personal Data Act, which pages cite by its name, with the address of the one before it."""


def test_national_laws_have_names_if_pages_cite_them(rdmkit: pyoxigraph.Store, lookup: Path) -> None:
    query = "SELECT DISTINCT ?law { ?page <https://w3id.org/rdm-kg/ont#citesLegislation> ?law }"
    found = rdmkit.query(query, use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    cited = {row["law"].value for row in found}
    cited |= set(re.findall(r"#citesLegislation> <([^>]+)>", lookup.read_text(encoding="utf-8")))
    named = {law for law, _, _ in names_of_laws() if not law.startswith(EU_ELI)}
    assert len(named) > 20
    assert named - cited == {IN_FORCE}


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / "gold" / "rdmkit_facts.json").read_text(encoding="utf-8"))
    return loaded


def rows(store: pyoxigraph.Store, query: str) -> list[tuple[str, ...]]:
    """Return the solutions over the union of all graphs; an unbound variable is an empty text."""
    text = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items()) + query
    solutions = store.query(text, use_default_graph_as_union=True)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    return [tuple("" if value is None else value.value for value in row) for row in solutions]


def count(store: pyoxigraph.Store, pattern: str, what: str = "*") -> int:
    """Return the number of solutions of a pattern, or of values of ``what``."""
    ((number,),) = rows(store, f"SELECT (COUNT({what}) AS ?n) WHERE {{ {pattern} }}")
    return int(number)


def test_people_are_those_of_rdmkit(rdmkit: pyoxigraph.Store, facts: dict[str, Any]) -> None:
    people = facts["people"]
    for role, properties in {
        "distinct_contributors": "dct:contributor",
        "distinct_editors": "schema:editor",
        "distinct_coordinators": "rdm:coordinator",
        "distinct_any_role": "(dct:contributor|schema:editor|rdm:coordinator)",
    }.items():
        named = count(
            rdmkit, f"?page a rdm:Page ; {properties} ?p . ?p a foaf:Person ; foaf:name ?name", "DISTINCT ?name"
        )
        assert named == people[role], role
    file = 'GRAPH ?g { ?p a foaf:Person ; foaf:name ?name } FILTER(CONTAINS(STR(?g), "/data/contributors#"))'
    assert count(rdmkit, file, "DISTINCT ?name") == people["contributors_file_entries"]
    assert count(rdmkit, file + " FILTER(STRSTARTS(STR(?p), STR(orcid:)))", "DISTINCT ?p") == people["orcid_valid"]
    used = "?page a rdm:Page ; dct:contributor|schema:editor|rdm:coordinator ?p . ?p a foaf:Person ; foaf:name ?name"
    named_by_pages, listed = (set(rows(rdmkit, f"SELECT DISTINCT ?p ?name {{ {where} }}")) for where in (used, file))
    assert sorted({name for _, name in named_by_pages - listed}) == sorted(people["not_in_contributors_file"])
    assert len({name for _, name in named_by_pages & listed}) == people["in_contributors_file"]


LISTED = '{ SELECT DISTINCT ?t { ?t a rdm:Tool FILTER(CONTAINS(STR(?t), "/id/rdmkit/tool/")) } }'
"""The tools of the site's list, each once; several graphs say that it is one."""


def test_tools_are_those_of_rdmkit(rdmkit: pyoxigraph.Store, facts: dict[str, Any]) -> None:
    tags, registries = facts["tool_tags"], facts["tool_registries"]
    assert count(rdmkit, LISTED) == tags["tools_in_list"]
    ids = count(rdmkit, f"{LISTED} ?t dct:identifier ?id", "DISTINCT ?id")
    assert ids == tags["tools_in_list"] - len(tags["duplicate_tool_ids"])
    tagged = f"{LISTED} ?page a rdm:Page ; schema:mentions ?t"
    assert count(rdmkit, tagged) == tags["edges_page_tool"]
    assert count(rdmkit, tagged, "DISTINCT ?page") == tags["pages_with_tool_tags"]
    assert count(rdmkit, tagged, "DISTINCT ?t") == tags["distinct_existing"]
    assert count(rdmkit, f"{LISTED} ?t schema:url ?u", "DISTINCT ?u") == facts["external_urls"]["tool_urls"]
    for registry, pattern in {
        "fairsharing": 'rdfs:seeAlso ?entry FILTER(REGEX(STR(?entry), "^https://(doi|fairsharing)[.]org/"))',
        "biotools": 'rdfs:seeAlso ?entry FILTER(STRSTARTS(STR(?entry), "https://bio.tools/"))',
        "tess": "schema:keywords ?entry",
        "europmc": "schema:citation ?entry",
    }.items():
        assert count(rdmkit, f"{LISTED} ?t {pattern}") == registries[registry]["entries"], registry
        distinct = count(rdmkit, f"{LISTED} ?t {pattern}", "DISTINCT ?entry")
        assert distinct == registries[registry]["distinct"], registry


def test_national_resources_are_those_of_rdmkit(rdmkit: pyoxigraph.Store, facts: dict[str, Any]) -> None:
    expected, related = facts["national_resources"], facts["national_resource_related_pages"]
    listed = '?r a rdm:Service FILTER(CONTAINS(STR(?r), "#resource-"))'  # beside services that pages recommend
    resource = f"{listed} ?page a rdm:Page ; schema:mentions ?r"
    assert count(rdmkit, resource, "DISTINCT ?r") == expected["entries"]
    assert count(rdmkit, resource, "DISTINCT ?page") == expected["pages"]
    assert count(rdmkit, f"{LISTED} ?r prov:specializationOf ?t") == expected["instance_of_existing"]
    for registry, host in {"with_fairsharing": "doi.org", "with_biotools": "bio.tools"}.items():
        entry = f'{listed} ?r rdfs:seeAlso ?e FILTER(STRSTARTS(STR(?e), "https://{host}/"))'
        assert count(rdmkit, entry) == expected[registry]
    assert count(rdmkit, f"{listed} ?r schema:keywords ?e") == expected["with_tess"]
    edges = count(rdmkit, f"{listed} ?r dct:relation ?p . ?p a rdm:Page")
    assert edges == related["strict"] + related["id_only"]
    main = count(rdmkit, f"{LISTED} ?p a rdm:Page ; dct:references ?t")
    assert main == facts["ref_to_main_resources"]["existing"]


def test_front_matter_is_that_of_rdmkit(rdmkit: pyoxigraph.Store, facts: dict[str, Any]) -> None:
    assert count(rdmkit, "?p a rdm:Page ; dct:relation ?q . ?q a rdm:Page") == facts["related_pages"]["strict"]
    listed = 'GRAPH ?g {{ ?page a rdm:Page ; dct:relation ?entry . ?entry dct:type "{}" }}'
    for name, expected in facts["more_information"].items():
        assert count(rdmkit, listed.format(name)) == expected["complete"], name
    questions = listed.format("dsw")
    assert count(rdmkit, questions) == facts["dsw"]["valid_uuid"]
    assert count(rdmkit, questions, "DISTINCT ?entry") == facts["dsw"]["distinct_uuid"]
    assert count(rdmkit, "?page rdm:dmpTemplate ?t") == 0
    registry = "OPTIONAL { GRAPH ?g { ?entry schema:isPartOf/rdfs:label ?name } }"
    found = Counter(name for (name,) in rows(rdmkit, f"SELECT ?name {{ {listed.format('training')} {registry} }}"))
    assert {name or "None": number for name, number in found.items()} == facts["training_registries"]


def test_pages_are_those_of_rdmkit(rdmkit: pyoxigraph.Store, facts: dict[str, Any]) -> None:
    """Templates are left out of the comparison, whether the build keeps them out or not."""
    template = set(facts["pages"]["template_files"])
    query = (
        "SELECT ?path ?type { GRAPH ?g { ?page a rdm:Page . OPTIONAL { ?page dct:type ?type } } "
        "?g prov:wasDerivedFrom/dct:identifier ?path }"
    )
    types = Counter(
        kind or "None" for path, kind in rows(rdmkit, query) if path not in template and path.endswith(".md")
    )
    assert types == facts["pages_by_effective_type_without_templates"]
    identifiers = rows(rdmkit, "SELECT ?id { ?page a rdm:Page ; dct:identifier ?id }")
    assert len(identifiers) == len(set(identifiers))


def test_no_e_mail_address_of_rdmkit_is_in_the_graph(rdmkit: pyoxigraph.Store) -> None:
    people = (REFERENCE / "corpus" / "rdmkit" / "_data" / "CONTRIBUTORS.yaml").read_text(encoding="utf-8")
    addresses = set(re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", people))
    assert addresses
    text = store_text(rdmkit)
    assert not [address for address in addresses if address in text]


def store_text(store: pyoxigraph.Store) -> str:
    """Return the contents of a store as N-Quads."""
    return store.dump(format=pyoxigraph.RdfFormat.N_QUADS).decode()


def test_laws_are_those_of_rdmkit(rdmkit: pyoxigraph.Store, facts: dict[str, Any]) -> None:
    cited = "SELECT DISTINCT ?id ?path { ?page rdm:citesLegislation/dct:identifier ?id . "
    cited += "?graph prov:wasDerivedFrom ?file . ?file dct:identifier ?path "
    cited += 'FILTER(STRSTARTS(STR(?graph), STR(?page)) && REGEX(?id, "^(LOV|FOR)-")) }'
    found: dict[str, set[str]] = {}
    for law, path in rows(rdmkit, cited):
        found.setdefault(law, set()).add(path)
    assert found == {law: set(paths) for law, paths in facts["law_identifiers"]["ids"].items()}


def test_at_least_twelve_questions_find_something_on_rdmkit(large: Release) -> None:
    store = open_store(large.store)
    given = {"page": "proteomics", "words": "proteomics", "topic": "proteomics", "thing": "PRIDE", "id": "e1byny"}
    found = {}
    for name, query in canned.load_all().items():
        values = {each.name: given.get(each.name, each.example) for each in query.parameters}
        found[name] = rows_of(store, query.fill(**values))
    assert len([name for name, answer in found.items() if answer]) >= 12
    places = {text_of(row, "name") for row in found["where-to-deposit-data-about"]}
    assert {"PRIDE", "MassIVE", "PeptideAtlas"} <= places
    assert not {"Comet", "mz Markup Language (mzML)"} & places
