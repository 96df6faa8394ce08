"""Format an explanation as text for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from kg.explain.reasons import Reason
from kg.explain.sources import Explanation, Source, Statement
from kg.findings import printable
from kg.term_words import label_of
from kg.vocab import BASE, CROSSWALK_GRAPHS, INFERRED_GRAPH, RDF, prefixed_name


def text(explanation: Explanation, *, several_sites: bool = False) -> str:
    """Return the explanation as text: statements by source, with lines; below each inferred one, its derivation.

    With ``several_sites``, each file is named with its site.
    """
    return "".join(f"{printable(line).rstrip()}\n" for line in _Words(explanation, several_sites).lines())


def as_json(explanation: Explanation) -> str:
    """Return the explanation as JSON, with the statements in the same order."""
    statements = [_facts(each, explanation) for each in explanation.statements]
    names = dict(sorted(explanation.names.items()))
    whole = {"iri": explanation.iri, "names": names, "statements": statements, "omitted": explanation.omitted}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _facts(statement: Statement, explanation: Explanation) -> dict[str, Any]:
    facts = asdict(statement)
    facts["reason"] = _reason(statement.reason, explanation) if statement.reason else None
    return facts


def _reason(reason: Reason, explanation: Explanation) -> dict[str, Any]:
    subject, predicate, value = reason.fact
    fact = {"subject": subject, "predicate": predicate, "object": value}
    if reason.axiom:
        return {**fact, "axiom": reason.axiom, "because": [_reason(each, explanation) for each in reason.because]}
    sources = explanation.sources.get(reason.fact, ())
    return {**fact, "statements": [{**asdict(each.source), "lines": each.lines} for each in sources]}


class _Words:
    def __init__(self, explanation: Explanation, several_sites: bool) -> None:
        self._all = explanation
        self._several_sites = several_sites

    def lines(self) -> Iterator[str]:
        iri = self._all.iri
        name = self._all.names.get(iri)
        yield f'"{name}"  <{iri}>' if name else f"<{iri}>"
        yield from self._advice()
        for source, statements in groupby(self._all.statements, key=lambda each: each.source):
            yield ""
            yield f"{self._heading(source)}:"
            for each in statements:
                yield from self._statement(each)
        if self._all.omitted:
            yield ""
            yield f"and {self._all.omitted} more statements"

    def _advice(self) -> Iterator[str]:
        """Yield the lines that recommend the thing, each once for a page and its topics."""
        found = dict.fromkeys(
            (self._file(each.source), advice)
            for each in self._all.statements
            if each.object == self._all.iri
            for advice in each.advice
        )
        yield from ("",) if found else ()
        for file, advice in found:
            why = f": {advice.because}" if advice.because else ""
            yield f"{file}:{advice.line} recommends it as {advice.role}{why}"

    def _statement(self, statement: Statement) -> Iterator[str]:
        where = _where(statement)
        sentence = self._sentence(statement.subject, statement.predicate, statement.object, statement.is_relation)
        yield f"  {where:>9}  {sentence}" if statement.source.path else f"  {sentence}"
        if statement.reason:
            yield from self._why(statement.reason, 6)
        elif statement.source.graph == INFERRED_GRAPH:
            yield "      by axioms for which kg explain has no simple derivation"

    def _why(self, reason: Reason, indent: int) -> Iterator[str]:
        yield f"{' ' * indent}because {reason.axiom}"
        for each in reason.because:
            if each.axiom:
                yield f"{' ' * indent}and {self._sentence(*each.fact)}"
                yield from self._why(each, indent + 4)
            else:
                sources = "; ".join(map(self._cited, self._all.sources.get(each.fact, ())))
                yield f"{' ' * indent}and {self._sentence(*each.fact)}: {sources}"

    def _sentence(self, subject: str, predicate: str, value: str, is_relation: bool = True) -> str:
        """Return a statement in words, with ``it`` for the resource that is explained."""
        if predicate == RDF.type:
            return f"{self._thing(subject)} is {_with_article(label_of(value))}"
        meant = self._thing(value) if is_relation else f'"{value}"'
        return f"{self._thing(subject)}: {label_of(predicate)} {meant}"

    def _thing(self, iri: str) -> str:
        if iri == self._all.iri:
            return "it"
        short, name = prefixed_name(iri.removeprefix(BASE)), self._all.names.get(iri)
        return f'"{name}" <{short}>' if name else f"<{short}>"

    def _file(self, source: Source) -> str:
        return f"{source.site}: {source.path}" if self._several_sites else source.path

    def _heading(self, source: Source) -> str:
        if source.graph == INFERRED_GRAPH:
            return "Inferred by the reasoner"
        if source.path:
            return f"Stated in {self._file(source)}, {_version(source)}"
        if source.graph.startswith(CROSSWALK_GRAPHS):
            return f"Stated in the crosswalk {source.graph.removeprefix(CROSSWALK_GRAPHS)}"
        return f"Stated in the configuration of the site, graph <{source.graph}>"

    def _cited(self, statement: Statement) -> str:
        """Return the source of a statement in short."""
        source = statement.source
        if not source.path:
            return self._heading(source)[0].lower() + self._heading(source)[1:]
        lines = f":{','.join(map(str, statement.lines))}" if statement.lines else ""
        return f"{self._file(source)}{lines}" + (f" (commit {source.commit[:10]})" if source.commit else "")


def quoted_label(term: str) -> str:
    """Return the label of a class or property in quotes, as in the words of an axiom."""
    return f'"{label_of(term)}"'


def _with_article(label: str) -> str:
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


def _version(source: Source) -> str:
    if source.commit:
        return f"commit {source.commit[:10]} of {source.time}" if source.time else f"commit {source.commit[:10]}"
    return f"no commit known ({source.note})" if source.note else "no commit known"


def _where(statement: Statement) -> str:
    if not statement.lines:
        return ""
    return f"line {', '.join(map(str, statement.lines))}"
