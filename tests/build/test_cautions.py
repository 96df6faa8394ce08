"""Sentences that forbid to use a thing: the page does not recommend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import URIRef

from kg.build.compile import read_site
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf
from kg.site import Profile
from kg.vocab import RDM
from tests.conftest import write_site

THEME = Profile.load(None)


@pytest.mark.parametrize(
    "sentence",
    [
        "Data of EU subjects may not be deposited in [dbGAP].",
        "Personal data cannot be deposited in [Zenodo], but in EGA.",
        "Human data can not be shared through [ENA].",
        "Sensitive data must not be uploaded to [GEO].",
        "Personal data can't be stored on [OneDrive].",
        "You should not use [Dropbox] for this.",
        "Such data should not be published in repositories such as [Zenodo] or elsewhere.",
        "Sensitive data may not be deposited in A or [B].",
        "Personopplysninger kan ikke deponeres i [ENA].",
    ],
)
def test_a_sentence_that_forbids_advises_against_its_thing(sentence: str) -> None:
    assert _advises_against(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It may not be the best known but [X] is good.",
        "This cannot be recommended enough: [X].",
        "You cannot go wrong with [X].",
        "If data cannot be deposited in [PRIDE], use EGA.",
        "If data cannot be shared publicly, deposit them in [EGA].",
        "Human data cannot be shared openly so use [EGA].",
        "Data that cannot be deposited in [ENA] go to EGA.",
        "Data that cannot be deposited in ENA should be deposited in [EGA].",
        "Data may not be deposited without [DTA].",
        "Data must not be deposited in [dbGAP] without consent.",
        "Data should not only be deposited in [X] but also in Y.",
        "Data should not be stored in [X] alone.",
        "Not all data can be shared in [X].",
        "Data may not be used commercially under [CC BY-NC].",
        "Raw data should not be kept on a laptop; use [PRIDE].",
        "Personopplysninger kan ikke deponeres i [ENA] uten samtykke.",
    ],
)
def test_other_sentences_with_a_negation_do_not(sentence: str) -> None:
    assert not _advises_against(sentence)


def _advises_against(sentence: str) -> bool:
    before, _, rest = sentence.partition("[")
    return THEME.advises_against(before, rest.partition("]")[2])


def test_what_is_said_behind_a_thing_forbids_it() -> None:
    rejects = [" cannot be used for human data.", " may not be used.", " cannot be recommended."]
    praises = [" cannot be recommended enough.", " cannot be recommended highly enough.", " may not be the best known."]
    assert [THEME.states("rejected", behind) for behind in rejects] == [True] * 3
    assert [THEME.states("rejected", behind) for behind in praises] == [False] * 3


@pytest.mark.parametrize(
    ("kind", "heading"),
    [("cheat_sheet", "## Data deposition repositories"), ("your_domain", "## Where to deposit data\n\n### Solutions")],
)
def test_a_page_recommends_what_it_does_not_forbid(kind: str, heading: str, tmp_path: Path) -> None:
    text = (
        f"---\ntitle: A\ntype: {kind}\npage_id: a\n---\n{heading}\n\n"
        "- Data of EU subjects may not be deposited in the [dbGAP repository](https://dbgap.example/).\n"
        "- Deposit data in the [EGA repository](https://ega.example/).\n"
        "- Data may not be deposited in the [JGA repository](https://jga.example/) without consent.\n"
    )
    site = write_site(tmp_path / "site", {"a.md": text}, "title: A site\nurl: https://site.example\n")
    build = read_site(site)
    graph = PagesToRdf(build.pages, build.site, FairsharingCrosswalk.load()).graph(build.pages[0])
    deposit = " ".join(map(str, graph.objects(None, URIRef(RDM.recommendsDepositIn))))
    assert {name for name in ("dbgap", "ega", "jga") if name in deposit} == {"ega", "jga"}
