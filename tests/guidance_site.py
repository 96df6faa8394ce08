"""A small site with one guidance page, whose text names, recommends, repeats and nests tools by their tags."""

from __future__ import annotations

from kg.vocab import BASE

CONFIG = "title: Spectra\nurl: https://spectra.example\n"
SPECTRA = f"{BASE}spectra-example/page/spectra"
PRIDE = f"{BASE}spectra-example/tool/pride"
SHARING, SMALL = f"{SPECTRA}#sharing-of-spectra", f"{SPECTRA}#small-sets"
KIND = "it is of the kind database by its description"
BY_SENTENCE = f"{KIND}; its sentence speaks of depositing data (rule deposit-by-sentence)"
BY_TOPIC = f"{KIND}; the topic speaks of depositing data (rule deposit-by-topic)"
PAGE = """\
---
title: Mass spectra
page_id: spectra
---
## Formats of spectra
### Description
Vendors have formats of their own beside mzML.
### Considerations
- Does your program read {% tool "mzml" %}?
### Solutions
- Keep raw spectra as {% tool "mzml" %}.

## Sharing of spectra
### Considerations
- Sharing is bound by LOV-2018-06-15-38.
### Solutions
- Consider {% tool "pride" %} for spectra. Deposit your own spectra in {% tool "pride" %}.
### Small sets
#### Solutions
- Deposit them in {% tool "bench" %}; see [the guide of {% tool "bench" %}](https://bench.example/guide).
- Tell {% tool "loud" %} of it.
"""
TOOLS = """\
- id: mzml
  name: mzML
  description: A format for mass spectra.
  url: https://mzml.example/
  registry:
    fairsharing: 26dmba
- id: pride
  name: PRIDE
  description: A repository for proteomics data.
  url: https://pride.example/
- id: bench
  name: Ada's R&D "Bench" (AB)
  description: A repository for small sets of data.
  url: https://bench.example/
- id: loud
  name: "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!! *Loud*"
  url: https://loud.example/
"""
FILES = {"pages/spectra.md": PAGE, "_data/tool_and_resource_list.yml": TOOLS}
