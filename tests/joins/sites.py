"""Two small sites that tell of the same things: a look-up sheet, and guidance in topics with a list of tools."""

from __future__ import annotations

from pathlib import Path

from kg.build.compile import Silence, compile_sites, make_release, read_sites
from kg.release import Release, new_release
from tests.conftest import write_site

LOOKUP_CONFIG = "title: Look-up\nurl: https://lookup.example\nbaseurl: /rdm\npermalink: /:basename\n"
LOOKUP_CONFIG += "plugins: [jekyll-redirect-from]\n"
GUIDE_CONFIG = "title: Guide\nurl: https://guide.example\npermalink: /:basename\n"
LOOKUP = {
    "rdm-kg.toml": 'key = "lookup"\naddresses = ["https://former.example/rdm-lookup/"]\n',
    "proteins.md": """---
title: Proteins
type: cheat_sheet
page_id: proteins
redirect_from: /old/proteins
---
## Type of data
- [mzML](https://fairsharing.org/FAIRsharing.26dmba)
- Open format
## Services
- [Guide to clouds](http://www.guide.example/clouds.html?from=here#costs)
- [Shelf](https://shelf.example/)
## Where to deposit
- [Cabinet (CAB)](https://cabinet.example/start/)
- [Guide](https://guide.example/)
""",
}
GUIDE = {
    "rdm-kg.toml": 'key = "guide"\n',
    "_data/tool_and_resource_list.yml": """- id: cab
  name: CAB
  url: http://www.cabinet.example/start
  description: Cabinet keeps what is measured.
- id: shelf
  name: Bookshelf
  url: https://shelf.example
  description: A shelf in a library.
- id: mzml
  name: mzML
  url: https://mzml.example/
  description: A format of spectra.
  registry:
    fairsharing: 26dmba
- id: viewer
  name: mzML viewer
  url: https://viewer.example/
  description: Shows spectra.
  registry:
    fairsharing: 26dmba
- id: mzml-copy
  name: Spectra in XML
  url: https://mzml.example/
  description: A second entry with the same address.
""",
    "clouds.md": """---
title: Clouds
page_id: clouds
---
## Costs
### Description
See the [sheet on proteins](https://lookup.example/rdm/proteins/), [its place](https://lookup.example/rdm/old/proteins#top),
[its former one](//www.former.example/rdm-lookup/proteins) and [another host](https://lookup.example/proteins).
### Solutions
- Deposit in {% tool "cab" %}.
""",
}


def release_of_both(folder: Path, lookup: str = LOOKUP_CONFIG, guide: str = GUIDE_CONFIG) -> Release:
    """Build both sites into one release."""
    sites = [write_site(folder / "lookup", LOOKUP, lookup), write_site(folder / "guide", GUIDE, guide)]
    with new_release(folder / "out") as draft:
        return make_release(compile_sites(read_sites(sites, Silence()), draft, Silence(), "owlrl"), draft, Silence())
