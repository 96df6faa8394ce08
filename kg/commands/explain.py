"""List each statement about a thing with the page, line and commit that made it, and why the rest follows."""

from __future__ import annotations

from pathlib import Path

import click

from kg.release import open_release
from kg.resources import shipped
from kg.store.oxigraph import open_store


@click.command(name="explain")
@click.argument("thing", metavar="IRI")
@click.option("--format", "wanted", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--release",
    type=click.Path(path_type=Path),
    default=Path("build"),
    show_default=True,
    help="A release, or the folder above it.",
)
def command(thing: str, wanted: str, release: Path) -> None:
    """List each statement about a thing with the page, line and commit that made it, and why the rest follows.

    IRI may also be a name with one of our prefixes, as short as the output has it, the id of a page or a tool, or any
    form of a FAIRsharing record's id. First come the lines of pages that recommend it, each with the reason.

    \b
    kg explain fairsharing:b7z8by
    kg explain bsg-s000114
    kg explain pic --format json
    kg explain pride
    """
    from kg.explain import as_json, explain, find, text, written
    from kg.identifiers.fairsharing import FairsharingCrosswalk
    from kg.infer import Ontology
    from kg.roles import roles_by_term

    opened = open_release(release)
    store = open_store(opened.store)
    crosswalk = FairsharingCrosswalk.load()

    def fairsharing(words: str) -> str | None:
        record = crosswalk.resolve(words)
        return record.iri if record else None

    iri = find(store, thing, fairsharing)
    ontology = Ontology.load(shipped("ontology") / "rdm.ttl")
    explanation = explain(store, iri, ontology.axioms, roles_by_term(), written(opened.lines))
    click.echo({"text": text, "json": as_json}[wanted](explanation), nl=False)
