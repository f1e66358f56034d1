"""Cleaning and segmenting: characters a second on one core, on constructed pages of several settings.

``python benchmarks/segmenting.py``; what is right and wrong on pages of unseen seeds is printed beside.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "text"))

from pages import Page, Setting, articles, page, source_of

from nqpf.text.cleaning.clean import clean
from nqpf.text.segmenting.segment import segment
from nqpf.text.source import Source

SIZE = 1_000_000
SETTINGS = {
    "titles in place": Setting(titles="place"),
    "lists of titles": Setting(titles="list"),
    "lists, no remarks on authors": Setting(titles="list", affiliations=False),
    "an empty line after every line": Setting(titles="place", blank="every", spaced=0.2),
    "paragraphs as lines": Setting(titles="place", width=10_000, blank="paragraph"),
}


def constructed(setting: Setting, pages: int = 12) -> list[Page]:
    """Return pages of one setting, of different articles."""
    return [page(articles(seed, 4), setting, seed) for seed in range(900, 900 + pages)]


def repeated(pages: list[Page]) -> Source:
    """Return one text of about a million characters."""
    text = "\n".join(one.text for one in pages)
    return source_of((text + "\n") * (SIZE // len(text) + 1))


def right(pages: list[Page]) -> tuple[float, float]:
    """Return the shares of articles whose beginning and whose title are right."""
    total = begun = titled = 0
    for one in pages:
        found = {next((b.text for b in a.blocks if b.kind == "paragraph"), "")[:10]: a for a in segment(one.source)}
        for planned in one.articles:
            article = found.get(planned.lead[:10])
            total += 1
            begun += article is not None
            titled += article is not None and article.title is not None and article.title.value == planned.title
    return begun / total, titled / total


def main() -> None:
    segment(constructed(SETTINGS["lists of titles"])[0].source)
    for name, setting in SETTINGS.items():
        pages = constructed(setting)
        source = repeated(pages)
        size = len(source.text) / 1e6
        start = time.process_time()
        cleaned = clean(source)
        middle = time.process_time()
        found = segment(cleaned)
        end = time.process_time()
        begun, titled = right(pages)
        print(
            f"{name}: {size:.2f} million characters, {len(found)} articles: cleaning {size / (middle - start):.1f},"
            f" segmenting {size / (end - middle):.1f}, both {size / (end - start):.2f} million a second;"
            f" beginnings {begun:.3f}, titles {titled:.3f}"
        )


if __name__ == "__main__":
    main()
