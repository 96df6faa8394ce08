"""Guidance pages: their topics, and the mentions of their links, tagged tools and laws."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

from kg.identifiers import legislation
from kg.page import Link, Page
from kg.page_to_rdf.contacts import clean, contacts, mail_address
from kg.page_to_rdf.evidence import destination
from kg.page_to_rdf.iris import heading_iri
from kg.page_to_rdf.kinds import Kind, KindFinder
from kg.page_to_rdf.mentions import NAMES_LAW, Mention, MentionIris, as_written, target_of_link
from kg.page_to_rdf.openness import openness
from kg.page_to_rdf.outline import Node, outline
from kg.page_to_rdf.rules import Decision, Evidence, SoughtEvidence, decide
from kg.page_to_rdf.tagged import TaggedTool, links_and_tags
from kg.page_to_rdf.things import Meanings, Thing
from kg.page_to_rdf.topics import places
from kg.roles import roles
from kg.vocab import slug

_REACH = 1000
"""Characters before and behind a name that can decide about it; more would take quadratic time in a long block."""
_SENTENCE_END = re.compile(r"[.!?;](?<!\be\.g.)(?<!\bi\.e.)(?<!\betc.)(?<!\bvs.)(?=\s|$)")
"""A sign that ends a sentence; it stands first, since Python's engine looks for the first character in C."""


class GuidancePage:
    """A page that is not a cheat sheet, with its topics and mentions."""

    def __init__(self, page: Page, page_iri: str, meanings: Meanings) -> None:
        self._page, self._page_iri, self._meanings = page, page_iri, meanings
        self._profile = meanings.site.profile
        self._cues = cache(self._profile.cues)
        self._nodes = outline(page, self._profile)
        self._places = places(self._nodes, self._profile)
        self.has_blocks = any(place.block for place in self._places.values())
        """True if any topic of the page is divided into blocks."""
        self._kind_of_page = frozenset({"about" if meanings.site.is_about_itself(page) else "guidance"})
        self._finder = KindFinder(self._profile, meanings.crosswalk)
        self._openness = openness(self._nodes, self._profile)
        self._contacts = contacts(page, page_iri)
        self._iris = MentionIris(page_iri)
        self._numbers = dict(_numbered(node for node in self._nodes if node.is_heading and not node.block.anchor))
        """Heading without an anchor → number of headings before it with the same text."""
        self._words = {node: self._without_names(node) for node in self._nodes}
        """Node → its text with blanks for the names of tools, since a word of a name says nothing of its use."""

    def topics(self) -> Iterator[Node]:
        """Yield the headings that have blocks or are the topic of a mention, with those above them, in page order."""
        used = {place.topic for node, place in self._places.items() if place.block or _has_mention(node)}
        for topic in list(used):
            above = self.broader(topic) if topic else None
            while above is not None:
                used.add(above)
                above = self.broader(above)
        yield from (node for node in self._nodes if node in used)

    def broader(self, topic: Node) -> Node | None:
        """Return the nearest heading above a topic that is a topic too, and opens no block, or ``None``."""
        above = topic.heading
        while above is not None and self._places[above].topic is not above:
            above = above.heading
        return above

    def topic_iri(self, topic: Node) -> str:
        """Return the IRI of a topic: its heading's published address, else one of the heading's slug and a number."""
        if topic.block.anchor:
            return heading_iri(self._page_iri, topic.block.anchor)
        number = f"-{number}" if (number := self._numbers[topic]) else ""
        return f"{self._page_iri}#heading-{slug(topic.text)}{number}"

    def mentions(self) -> Iterator[Mention]:
        """Yield a mention for each link, each tagged tool and each law named, in page order."""
        for node in self._nodes:
            for link in self._links(node):
                yield self._link(node, link)
            for citation in legislation.laws_in(node.text):
                yield self._citation(node, citation)

    def _link(self, node: Node, link: Link) -> Mention:
        named_law = self._meanings.law_named(link)
        decision = NAMES_LAW if named_law else decide(self._evidence_of(node, link))
        contact = self._contacts.get(mail_address(link))
        target = contact.iri if contact else target_of_link(self._page, link, self._meanings)
        return self._mention(
            node,
            decision,
            **as_written(link, self._iris),
            target=target,
            contact=contact,
            law=self._meanings.law(link.href) or named_law,
            thing=self._recommended(decision, target, clean(link.label)),
        )

    @staticmethod
    def _recommended(decision: Decision, target: str | None, label: str) -> Thing | None:
        """Return the target with its name on the page, if the page recommends it."""
        return Thing(target, label) if target and decision.role and decision.role.recommends else None

    def _citation(self, node: Node, citation: legislation.Citation) -> Mention:
        return self._mention(
            node,
            Decision(roles()["regulation"]),
            iri=self._iris.next("", citation.written),
            line=node.block.line_at(citation.start),
            label=citation.title or citation.written,
            target=citation.law.iri,
            law=citation.law,
        )

    def _mention(self, node: Node, decision: Decision, **facts: object) -> Mention:
        place = self._places[node]
        return Mention(
            heading=node.heading_text(self._page.text("title")),
            role=decision.role,
            because=decision.because,
            topic=self.topic_iri(place.topic) if place.topic else None,
            block=place.block,
            openness=self._openness.get(node) if decision.role and decision.role.name == "data-format" else None,
            **facts,  # type: ignore[arg-type]
        )

    def _evidence_of(self, node: Node, link: Link) -> Evidence:
        if isinstance(link, TaggedTool):
            return self._evidence_of_tag(node, link)
        return self._evidence_of_link(node, link)

    def _evidence_of_link(self, node: Node, link: Link) -> Evidence:
        record = self._meanings.fairsharing_record(link.href)
        kind = self._finder.of_record(record) if record else self._finder.of_label(link.label)
        found = self._around(node, link.at, link.label, kind)
        found["link"] = frozenset({"yes"})
        if where := destination(link.href, self._meanings):
            found["destination"] = frozenset({where})
        if label := self._profile.label(link.label):
            found["label"] = frozenset({label})
        if link.is_struck:
            found["rejected"] = frozenset({"yes"})
        return found

    def _evidence_of_tag(self, node: Node, tagged: TaggedTool) -> Evidence:
        kind = self._finder.of_tool(tagged.tool) if tagged.tool else Kind()
        if not kind.name:
            before, behind = self._sentence(node, tagged.at, tagged.label)
            lead = next((self._words[above] for above in node.ancestors()), "")
            kind = self._finder.of_text(before, behind, lead)
        return self._around(node, tagged.at, tagged.label, kind)

    def _around(self, node: Node, at: int, name: str, kind: Kind) -> SoughtEvidence:
        """Return the evidence for a name at an offset in a block's text: its kind, and the cues of the words around."""
        place, profile, end = self._places[node], self._profile, at + len(name)
        before, behind = self._sentence(node, at, name)

        def cues() -> frozenset[str]:
            return self._cues(before) | self._cues(behind)

        topic = place.topic.text if place.topic else self._page.text("title")
        known = {
            "page": self._kind_of_page,
            "kind": frozenset({kind.name}),
            "basis": frozenset({kind.basis}),
            "block": frozenset({place.block or "none"}),
            "question": _yes(behind.endswith("?")),
        }
        sought = {
            "says": lambda: profile.nearest_cues(before, behind, cues()),
            "lead": lambda: self._lead(node),
            "topic": lambda: self._cues(topic) | self._cues(node.heading_text("")),
            "object": lambda: cues() & {"software"} if "data" not in cues() else frozenset[str](),
            "advice": lambda: _yes(place.block == "solutions" or not self.has_blocks or "recommend" in cues()),
            "listed": lambda: _yes("recommend" in cues() or profile.states("listing", before)),
            "rejected": lambda: _yes(
                profile.advises_against(node.text[max(at - _REACH, 0) : at], node.text[end : end + _REACH])
            ),
        }
        return SoughtEvidence(known, sought)

    def _lead(self, node: Node) -> frozenset[str]:
        """Return the cues of the nearest block above that has any."""
        lead = node.announced_by()
        above = (self._cues(self._words[each]) for each in (*node.ancestors(), *([lead] if lead else [])))
        return next((found for found in above if found), frozenset[str]())

    def _without_names(self, node: Node) -> str:
        pieces, end = list[str](), 0
        for tagged in self._links(node):
            if isinstance(tagged, TaggedTool):
                pieces += [node.text[end : tagged.at], " " * len(tagged.label)]
                end = tagged.at + len(tagged.label)
        return "".join(pieces) + node.text[end:]

    def _links(self, node: Node) -> tuple[Link, ...]:
        return links_and_tags(node.block, self._meanings.site.directory.tools, self._meanings.minter)

    def _sentence(self, node: Node, at: int, name: str) -> tuple[str, str]:
        """Return the words of a sentence before and behind the name at an offset of a block's text."""
        text, end = self._words[node], at + len(name)
        first, last = max(at - _REACH, 0), min(end + _REACH, len(text))
        ends = [found.end() for found in _SENTENCE_END.finditer(text, first, last)]
        start = max((place for place in ends if place <= at), default=first)
        return text[start:at], text[end : min((place for place in ends if place > end), default=last)]


def _has_mention(node: Node) -> bool:
    """Return whether a node has a link, a tagged tool or the name of a law."""
    return bool(node.block.links or node.block.tags or legislation.laws_in(node.text))


def _yes(holds: bool) -> frozenset[str]:
    return frozenset({"yes"} if holds else ())


def _numbered(headings: Iterable[Node]) -> Iterator[tuple[Node, int]]:
    """Yield each heading with the number of headings before it that have its text."""
    seen = Counter[str]()
    for heading in headings:
        yield heading, seen[heading.text]
        seen[heading.text] += 1
