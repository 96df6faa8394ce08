"""The decision table for the roles of mentions asks for no more evidence than it needs."""

from collections.abc import Callable

from kg.page_to_rdf.rules import SoughtEvidence, decide

YES = frozenset({"yes"})


def test_evidence_is_sought_once_and_only_when_a_rule_asks_for_it() -> None:
    asked = list[str]()

    def finding(name: str, *values: str) -> Callable[[], frozenset[str]]:
        def find() -> frozenset[str]:
            asked.append(name)
            return frozenset(values)

        return find

    sought = {"says": finding("says", "deposit"), "advice": finding("advice", "yes")}
    mail = SoughtEvidence({"link": YES, "destination": frozenset({"mail"})}, sought)
    assert decide(mail).role == decide({"link": YES, "destination": frozenset({"mail"})}).role
    assert asked == []

    known = {"page": frozenset({"guidance"}), "kind": frozenset({"database"}), "basis": frozenset({"name"})}
    name = {"says": frozenset({"deposit"}), "advice": YES, **known}
    assert decide(SoughtEvidence(known, sought)) == decide(name)
    assert asked == ["says"]
