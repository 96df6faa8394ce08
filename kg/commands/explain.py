"""Show where the statements about a resource come from."""

from __future__ import annotations

from pathlib import Path

import click

from kg.release import open_release
from kg.resources import shipped
from kg.store.oxigraph import open_store
from kg.terminal import QUIET, RELEASE_OPTION, at, say_next


@click.command(name="explain")
@click.argument("thing", metavar="IRI")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
@RELEASE_OPTION
@QUIET
def command(thing: str, wanted: str, release: Path) -> None:
    """Show where the statements about a resource come from: page, line and commit, or a derivation by the reasoner.

    IRI is absolute, prefixed or relative as in the output, or the id, title or path of a page, or the id of a tool or a
    FAIRsharing record, or the name by which pages name a thing. The lines of pages that recommend the resource come
    first, each with the reason.

    \b
    kg explain fairsharing:b7z8by
    kg explain bsg-s000114
    kg explain pic --format json
    kg explain pages/cheat_sheets/preclinical_imaging.md
    """
    from kg.explain import as_json, explain, find, quoted_label, records_of, text, written
    from kg.identifiers.fairsharing import FairsharingCrosswalk
    from kg.infer import Ontology
    from kg.roles import roles_by_term
    from kg.vocab import prefixed_name

    opened = open_release(release)
    store = open_store(opened.store)
    crosswalk = FairsharingCrosswalk.load()

    def fairsharing(words: str) -> str | None:
        record = crosswalk.resolve(words)
        return record.iri if record else None

    iri = find(store, thing, fairsharing, opened.report)
    ontology = Ontology.load(shipped("ontology") / "rdm.ttl")
    called = prefixed_name if wanted == "json" else quoted_label
    explanation = explain(store, iri, ontology.axioms, roles_by_term(), written(opened.lines), called)
    several = len(opened.manifest["sites"]) > 1
    click.echo(as_json(explanation) if wanted == "json" else text(explanation, several_sites=several), nl=False)
    records = records_of(store, iri)
    say_next(*(("explain", prefixed_name(records[0])) if records else ("query", "--list")), *at(release))
