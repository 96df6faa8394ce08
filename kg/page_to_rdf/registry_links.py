"""Links from things to their entries in registries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from kg.identifiers import fairsharing, registries
from kg.page_to_rdf.statements import Statements, without_addresses
from kg.page_to_rdf.things import document
from kg.vocab import RDFS, SCHEMA, slug


class RegistryLinks:
    """Links things to their entries in registries; an entry shared by several things identifies none of them."""

    def __init__(
        self, crosswalk: fairsharing.FairsharingCrosswalk, all_values: Iterable[Mapping[str, str]] = ()
    ) -> None:
        """Count the entries in ``all_values``, the registry values of all things of the list."""
        self._crosswalk = crosswalk
        self._uses = Counter(iri for values in all_values for iri in self._entries(values).values())

    def say(self, say: Statements, iri: str, name: str, values: Mapping[str, str]) -> None:
        """Add ``rdfs:seeAlso`` for each registry value of a thing, and ``schema:sameAs`` where the entry identifies it.

        An entry identifies a thing when no other thing of the list has it; a FAIRsharing record must also have the
        name of the thing.
        """
        for registry, entry in self._entries(values).items():
            say.iri(iri, RDFS.seeAlso, entry)
            alone = self._uses[entry] == 1
            if alone and (registry == "biotools" or (registry == "fairsharing" and self._has_name(entry, name))):
                say.iri(iri, SCHEMA.sameAs, entry)
        if "europmc" in values:
            say.iri(iri, SCHEMA.citation, document(registries.europe_pmc(values["europmc"]) or ""))
        if "tess" in values:
            say.plain(iri, SCHEMA.keywords, without_addresses(values["tess"]))
            say.iri(iri, RDFS.seeAlso, registries.tess_search(without_addresses(values["tess"])))

    def _entries(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return a mapping of registry to the IRI of the entry there."""
        found = {name: self._record(values[name]) for name in ("fairsharing", "fairsharing-coll") if name in values}
        found["biotools"] = registries.biotools(values["biotools"]) if "biotools" in values else None
        return {registry: iri for registry, iri in found.items() if iri}

    def _record(self, value: str) -> str | None:
        reference = fairsharing.parse(value)
        return self._crosswalk.iri(reference) if reference else None

    def _has_name(self, entry: str, name: str) -> bool:
        record = self._crosswalk.records.get(entry)
        return record is not None and slug(name) in {slug(text) for text in (record.name, record.abbreviation) if text}
