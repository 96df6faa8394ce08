"""Languages by their tag (BCP 47), as IRIs of the EU's authority table, whose codes are those of ISO 639-3."""

from __future__ import annotations

EU_AUTHORITY = "http://publications.europa.eu/resource/authority/language/"


def language(tag: str) -> str | None:
    """Return the IRI of a tag's language, or ``None`` if its first part is not in the table.

    >>> language("nb-NO"), language("HR") == language("hrv"), language("cz")
    ('http://publications.europa.eu/resource/authority/language/NOB', True, None)
    """
    code = tag.partition("-")[0].lower()
    three_letters = code if code in _NAMES else THREE_LETTERS.get(code)
    return EU_AUTHORITY + three_letters.upper() if three_letters else None


def language_name(iri: str) -> str | None:
    """Return the English name of a language by its IRI, or ``None`` if the IRI is none of the table.

    >>> language_name("http://publications.europa.eu/resource/authority/language/NOB"), language_name(EU_AUTHORITY)
    ('Norwegian Bokmål', None)
    """
    return _NAMES.get(iri.removeprefix(EU_AUTHORITY).lower())


_TABLE = """
aa aar Afar; ab abk Abkhazian; ae ave Avestan; af afr Afrikaans; ak aka Akan; am amh Amharic; an arg Aragonese; ar ara
Arabic; as asm Assamese; av ava Avaric; ay aym Aymara; az aze Azerbaijani; ba bak Bashkir; be bel Belarusian; bg bul
Bulgarian; bi bis Bislama; bm bam Bambara; bn ben Bangla; bo bod Tibetan; br bre Breton; bs bos Bosnian; ca cat
Catalan; ce che Chechen; ch cha Chamorro; co cos Corsican; cr cre Cree; cs ces Czech; cu chu Church Slavic; cv chv
Chuvash; cy cym Welsh; da dan Danish; de deu German; dv div Divehi; dz dzo Dzongkha; ee ewe Ewe; el ell Greek; en eng
English; eo epo Esperanto; es spa Spanish; et est Estonian; eu eus Basque; fa fas Persian; ff ful Fulah; fi fin
Finnish; fj fij Fijian; fo fao Faroese; fr fra French; fy fry Western Frisian; ga gle Irish; gd gla Scottish Gaelic;
gl glg Galician; gn grn Guarani; gu guj Gujarati; gv glv Manx; ha hau Hausa; he heb Hebrew; hi hin Hindi; ho hmo Hiri
Motu; hr hrv Croatian; ht hat Haitian Creole; hu hun Hungarian; hy hye Armenian; hz her Herero; ia ina Interlingua; id
ind Indonesian; ie ile Interlingue; ig ibo Igbo; ii iii Sichuan Yi; ik ipk Inupiaq; io ido Ido; is isl Icelandic; it
ita Italian; iu iku Inuktitut; ja jpn Japanese; jv jav Javanese; ka kat Georgian; kg kon Kongo; ki kik Kikuyu; kj kua
Kuanyama; kk kaz Kazakh; kl kal Kalaallisut; km khm Khmer; kn kan Kannada; ko kor Korean; kr kau Kanuri; ks kas
Kashmiri; ku kur Kurdish; kv kom Komi; kw cor Cornish; ky kir Kyrgyz; la lat Latin; lb ltz Luxembourgish; lg lug
Ganda; li lim Limburgish; ln lin Lingala; lo lao Lao; lt lit Lithuanian; lu lub Luba-Katanga; lv lav Latvian; mg mlg
Malagasy; mh mah Marshallese; mi mri Māori; mk mkd Macedonian; ml mal Malayalam; mn mon Mongolian; mr mar Marathi; ms
msa Malay; mt mlt Maltese; my mya Burmese; na nau Nauru; nb nob Norwegian Bokmål; nd nde North Ndebele; ne nep Nepali;
ng ndo Ndonga; nl nld Dutch; nn nno Norwegian Nynorsk; no nor Norwegian; nr nbl South Ndebele; nv nav Navajo; ny nya
Nyanja; oc oci Occitan; oj oji Ojibwa; om orm Oromo; or ori Odia; os oss Ossetic; pa pan Punjabi; pi pli Pali; pl pol
Polish; ps pus Pashto; pt por Portuguese; qu que Quechua; rm roh Romansh; rn run Rundi; ro ron Romanian; ru rus
Russian; rw kin Kinyarwanda; sa san Sanskrit; sc srd Sardinian; sd snd Sindhi; se sme Northern Sami; sg sag Sango; sh
hbs Serbo-Croatian; si sin Sinhala; sk slk Slovak; sl slv Slovenian; sm smo Samoan; sn sna Shona; so som Somali; sq
sqi Albanian; sr srp Serbian; ss ssw Swati; st sot Southern Sotho; su sun Sundanese; sv swe Swedish; sw swa Swahili;
ta tam Tamil; te tel Telugu; tg tgk Tajik; th tha Thai; ti tir Tigrinya; tk tuk Turkmen; tl tgl Filipino; tn tsn
Tswana; to ton Tongan; tr tur Turkish; ts tso Tsonga; tt tat Tatar; tw twi Twi; ty tah Tahitian; ug uig Uyghur; uk
ukr Ukrainian; ur urd Urdu; uz uzb Uzbek; ve ven Venda; vi vie Vietnamese; vo vol Volapük; wa wln Walloon; wo wol
Wolof; xh xho Xhosa; yi yid Yiddish; yo yor Yoruba; za zha Zhuang; zh zho Chinese; zu zul Zulu
"""
_ROWS = [row.split(maxsplit=2) for row in _TABLE.split(";")]
THREE_LETTERS = {two: three for two, three, _ in _ROWS}
"""Code of ISO 639-1 → code of ISO 639-3."""
_WITHOUT_TWO_LETTERS = """
ast Asturian; csb Kashubian; dsb Lower Sorbian; fkv Kven; frp Arpitan; fur Friulian; gsw Swiss German; hsb Upper
Sorbian; lld Ladin; ltg Latgalian; mul several languages; mwl Mirandese; nds Low German; rup Aromanian; sco Scots; sgs
Samogitian; sma Southern Sami; smj Lule Sami; smn Inari Sami; sms Skolt Sami; szl Silesian; und unknown language; vro
Võro
"""
"""Languages of Europe that are not in ISO 639-1, and the codes for multiple and undetermined languages."""
_NAMES = {
    **{three: " ".join(name.split()) for _, three, name in _ROWS},
    **dict(row.strip().split(" ", 1) for row in " ".join(_WITHOUT_TWO_LETTERS.split()).split(";")),
}
