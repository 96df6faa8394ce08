"""Laws are found in running text and in every form of URL."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.identifiers.legislation import LawKind, law_of_url, laws_in
from kg.identifiers.legislation.law import COUNCIL_OF_EUROPE

ANIMAL_WELFARE = "https://lovdata.no/eli/lov/2009/06/19/97"
ANIMAL_EXPERIMENTS = "https://lovdata.no/eli/forskrift/2015/06/18/761"
GDPR = "http://data.europa.eu/eli/reg/2016/679/oj"


@pytest.mark.parametrize(
    ("text", "identifier", "title"),
    [
        ("Norwegian law, the Animal welfare act (LOV-2009-06-19-97),", "LOV-2009-06-19-97", "Animal welfare act"),
        ("- the Regulation on Fish\n  Farms (FOR-2015-06-18-761)", "FOR-2015-06-18-761", "Regulation on Fish Farms"),
        ("- Cats\n- Lov om dyrevelferd (LOV-2009-06-19-97)", "LOV-2009-06-19-97", "Lov om dyrevelferd"),
        ("Dyrevelferdsloven (LOV-2009-06-19-97)", "LOV-2009-06-19-97", "Dyrevelferdsloven"),
        ("the European Convention for the Protection of Animals used for Other Purposes  (ETS 123)", "ETS No. 123",
         "European Convention for the Protection of Animals used for Other Purposes"),
        ("the Animal Welfare Act (see also LOV-2009-06-19-97)", "LOV-2009-06-19-97", None),
        ("the Act (LOV-2009-06-19-97)", "LOV-2009-06-19-97", None),
        ("Nothing of the kind (LOV-2009-06-19-97)", "LOV-2009-06-19-97", None),
        ("LOV-2009-06-19-97", "LOV-2009-06-19-97", None),
    ],
)  # fmt: skip
def test_the_name_before_the_identifier(text: str, identifier: str, title: str | None) -> None:
    (citation,) = laws_in(text)
    assert (citation.law.identifier, citation.title) == (identifier, title)


def test_two_laws_in_one_sentence_have_a_name_each() -> None:
    text = (
        "It must follow the Norwegian Regulation on Enclosed Use of Genetically Modified Microorganisms "
        "(FOR-2001-12-21-1600) and Regulation on Genetically Modified Animals (FOR-2001-12-21-1602)."
    )
    assert [(citation.written, citation.title) for citation in laws_in(text)] == [
        ("FOR-2001-12-21-1600", "Norwegian Regulation on Enclosed Use of Genetically Modified Microorganisms"),
        ("FOR-2001-12-21-1602", "Regulation on Genetically Modified Animals"),
    ]


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("LOV 2009-06-19-97", ANIMAL_WELFARE),
        ("lov-2009-06-19-97", ANIMAL_WELFARE),
        ("LOV-2009\u201306\u201319\u201397", ANIMAL_WELFARE),
        ("LOV-2009-06-19 nr. 97", ANIMAL_WELFARE),
        ("the Act of 19 June 2009 No. 97", ANIMAL_WELFARE),
        ("Lov av 19. juni 2009 nr. 97", ANIMAL_WELFARE),
        ("forskrift 18. juni 2015 nr. 761", ANIMAL_EXPERIMENTS),
        ("Regulation (EU) 2016/679", GDPR),
        ("Regulation (EU) No 536/2014", "http://data.europa.eu/eli/reg/2014/536/oj"),
        ("Directive 2010/63/EU", "http://data.europa.eu/eli/dir/2010/63/oj"),
        ("Directive 95/46/EC", "http://data.europa.eu/eli/dir/1995/46/oj"),
        ("Directive (EU) 2019/1024", "http://data.europa.eu/eli/dir/2019/1024/oj"),
        ("Commission Implementing Regulation (EU) 2021/1772", "http://data.europa.eu/eli/reg_impl/2021/1772/oj"),
        ("Commission Delegated Regulation (EU) 2019/856", "http://data.europa.eu/eli/reg_del/2019/856/oj"),
        ("gjennomføringsbeslutning (EU) 2021/914", "http://data.europa.eu/eli/dec_impl/2021/914/oj"),
        ("Regulation (EU, Euratom) 2018/1046", "http://data.europa.eu/eli/reg/2018/1046/oj"),
        ("forordning (EU) 2016/679", GDPR),
        ("Forordning (EU) nr. 536/2014", "http://data.europa.eu/eli/reg/2014/536/oj"),
        ("Verordnung (EU) 2016/679", GDPR),
        ("Règlement (UE) 2016/679", GDPR),
        ("direktiv 2010/63/EU", "http://data.europa.eu/eli/dir/2010/63/oj"),
        ("direktiv 95/46/EF", "http://data.europa.eu/eli/dir/1995/46/oj"),
        ("CELEX 32016R0679", GDPR),
        ("CELEX: 32010L0063", "http://data.europa.eu/eli/dir/2010/63/oj"),
        ("CETS No. 108", f"{COUNCIL_OF_EUROPE}108"),
    ],
)
def test_ways_to_cite(text: str, iri: str | None) -> None:
    (citation,) = laws_in(text)
    assert citation.law.iri == iri


@pytest.mark.parametrize(
    "text",
    [
        "for 2009-06-19-97",
        "LOV-2009-13-19-97",
        "SLOV-2009-06-19-97",
        "ETS 1234",
        "assets 123",
        "Directive 1234/5/EU",
        "ETS 0",
        "regulation (eu) 2016/679",
        "CELEX 62018CJ0311",
    ],
)
def test_what_is_no_law(text: str) -> None:
    assert laws_in(text) == ()


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Directive 1951/5/EU", None),
        ("Directive 1952/5/EU", 1952),
        ("Directive 2099/5/EU", 2099),
        ("Directive 2100/5/EU", None),
        ("Directive 51/5/EEC", None),
        ("Directive 52/5/EEC", 1952),
        ("Directive 99/5/EC", 1999),
        ("CELEX 31951L0005", None),
        ("CELEX 32099L0005", 2099),
    ],
)
def test_a_european_act_is_of_a_year_since_the_first_treaty(text: str, year: int | None) -> None:
    iris = [citation.law.iri for citation in laws_in(text)]
    assert iris == ([f"http://data.europa.eu/eli/dir/{year}/5/oj"] if year else [])


@pytest.mark.parametrize(
    "url",
    [
        "https://lovdata.no/dokument/NL/lov/2009-06-19-97",
        "https://lovdata.no/dokument/NL/lov/2009-06-19-97/§2",
        "https://lovdata.no/dokument/NL/lov/2009-06-19-97/%C2%A72",
        "https://lovdata.no/dokument/NL/lov/2009-06-19-97#KAPITTEL_1",
        "https://lovdata.no/dokument/NLE/lov/2009-06-19-97",
        "https://lovdata.no/dokument/LTI/lov/2009-06-19-97",
        "https://lovdata.no/pro/#document/NL/lov/2009-06-19-97?from=NL/lov/2009-06-19-98",
        "https://lovdata.no/lov/2009-06-19-97",
        "https://lovdata.no/all/hl-20090619-097.html",
        "https://lovdata.no/NLE/lov/2009-06-19-97",
        "https://lovdata.no/eli/lov/2009/06/19/97/nor/html",
        "http://www.lovdata.no/all/nl-20090619-097.html",
        "http://www.lovdata.no/all/tl-20090619-097-002.html#6",
        "//lovdata.no/LOV/2009-06-19-97",
    ],
)
def test_addresses_of_an_act(url: str) -> None:
    law = law_of_url(url)
    assert law is not None
    assert (law.iri, law.identifier, law.kind) == (ANIMAL_WELFARE, "LOV-2009-06-19-97", LawKind.ACT)
    assert law.type_iri == "https://data.norge.no/vocabulary/legal-resource-type#act"


@pytest.mark.parametrize(
    "url",
    [
        "https://lovdata.no/dokument/SF/forskrift/2015-06-18-761",
        "https://lovdata.no/dokument/SFE/forskrift/2015-06-18-761/KAPITTEL_2#%C2%A77",
        "https://lovdata.no/forskrift/2015-06-18-761",
        "https://lovdata.no/eli/forskrift/2015/06/18/761",
        "https://lovdata.no/pro/#document/SF/forskrift/2015-06-18-761",
        "http://www.lovdata.no/for/sf/ld/ld-20150618-0761.html",
        "http://www.lovdata.no/cgi-wift/ldles?doc=/sf/sf/sf-20150618-0761.html",
    ],
)
def test_addresses_of_a_regulation(url: str) -> None:
    law = law_of_url(url)
    assert law is not None
    assert (law.iri, law.identifier, law.kind) == (ANIMAL_EXPERIMENTS, "FOR-2015-06-18-761", LawKind.REGULATION)
    assert law.type_iri == "https://data.norge.no/vocabulary/legal-resource-type#regulation"


@pytest.mark.parametrize(
    "url",
    [
        "http://data.europa.eu/eli/reg/2016/679/oj",
        "https://eur-lex.europa.eu/eli/reg/2016/679/oj/eng",
        "https://eur-lex.europa.eu/eli/reg/2016/679/2016-05-04",
        "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:32016R0679",
        "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=celex%3A32016R0679",
        "https://eur-lex.europa.eu/legal-content/EN/TXT/HTML/?uri=CELEX:32016R0679&from=EN",
        "https://eur-lex.europa.eu/legal-content/EN/ALL/?qid=1&uri=CELEX:02016R0679-20160504",
        "http://eur-lex.europa.eu/LexUriServ/LexUriServ.do?uri=CELEX:32016R0679:EN:HTML",
        "https://eur-lex.europa.eu/legal-content/DE/TXT/PDF/?uri=CELEX:32016R0679&from=DE",
        "https://eur-lex.europa.eu/legal-content/AUTO/?uri=CELEX:32016R0679",
        "https://eur-lex.europa.eu/eli/reg/2016/679/oj/deu",
        "https://publications.europa.eu/resource/celex/32016R0679",
    ],
)
def test_addresses_of_a_european_regulation(url: str) -> None:
    law = law_of_url(url)
    assert law is not None
    assert (law.iri, law.identifier, law.kind) == (GDPR, "32016R0679", LawKind.EU_REGULATION)
    assert law.type_iri is None


def test_delegated_and_implementing_acts_keep_their_kind_of_number() -> None:
    law = law_of_url("http://data.europa.eu/eli/dec_impl/2021/914/oj")
    assert law is not None
    assert (law.iri, law.identifier) == ("http://data.europa.eu/eli/dec_impl/2021/914/oj", "32021D0914")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.coe.int/en/web/conventions/full-list/-/conventions/treaty/123",
        "https://www.coe.int/en/web/conventions/full-list?module=treaty-detail&treatynum=123",
        "https://www.coe.int/fr/web/conventions/full-list/-/conventions/treaty/123/signatures",
        "http://conventions.coe.int/Treaty/en/Treaties/Html/123.htm",
        "https://conventions.coe.int/Treaty/Commun/QueVoulezVous.asp?NT=123&CL=ENG",
    ],
)
def test_addresses_of_a_treaty(url: str) -> None:
    law = law_of_url(url)
    assert law is not None
    assert (law.iri, law.identifier) == (f"{COUNCIL_OF_EUROPE}123", "ETS No. 123")
    assert law_of_url(law.iri) == law


@pytest.mark.parametrize(
    "url",
    [
        "https://lovdata.no",
        "https://lovdata.no/register/lover",
        "https://lovdata.no/dokument/NL/lov/2009-02-30-97",
        "https://evil-lovdata.no.example/dokument/NL/lov/2009-06-19-97",
        "https://eur-lex.europa.eu/EN/legal-content/summary/general-data-protection-regulation-gdpr.html",
        "https://eur-lex.europa.eu/LexUriServ/LexUriServ.do?uri=OJ:C:2010:083:0389:0403:en:PDF",
        "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:62018CJ0311",
        "https://rm.coe.int/168007a67b",
        "lov/2009-06-19-97",
    ],
)
def test_addresses_that_are_of_no_law(url: str) -> None:
    assert law_of_url(url) is None


@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from(["LOV-2009-06-19-97", "ETS 5", " (", ") and the ", "Act", "\n- "])).map("".join),
    )
)
def test_a_citation_is_a_piece_of_the_text(text: str) -> None:
    citations = laws_in(text)
    assert [text[citation.start : citation.end] for citation in citations] == [
        citation.written for citation in citations
    ]
    assert all(first.end <= second.start for first, second in pairwise(citations))


@given(st.one_of(st.text(), st.from_regex(r"https://(lovdata\.no|eur-lex\.europa\.eu)/[^\n]*")))
def test_any_address_may_be_asked(url: str) -> None:
    law = law_of_url(url)
    assert law is None or law_of_url(law.iri or "") in (law, None)
