"""Search in a constructed corpus of 100 MB: time to build it, its size, and the time of one search.

``python benchmarks/search.py [megabytes]``; nothing is fetched, everything is written to a folder that is removed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from nqpf.text.corpus import Corpus
from nqpf.text.store.index import bring_up

FILE = 33_000
"""Characters of a file: about 100 kB."""
WORDS = 60_000
TERMS = ("新质生产力", "全要素生产率", "发展", "创新", "高质量发展", "战略性新兴产业")
"""Words that are among the most frequent ones, as they are in texts on the subject."""
RARE = "因地制宜发展新质生产力是推动高质量发展的内在要求"
"""A sentence that stands in a few files only."""


def vocabulary(rng: np.random.Generator) -> list[str]:
    """Return words of one to four characters, the frequent ones short."""
    common = [chr(c) for c in 0x4E00 + rng.permutation(3500)]
    weight = 1 / np.arange(1, len(common) + 1) ** 0.6
    length = rng.choice([1, 2, 2, 2, 3, 4], WORDS)
    letters = rng.choice(len(common), (WORDS, 4), p=weight / weight.sum())
    words = ["".join(common[c] for c in row[:n]) for row, n in zip(letters, length, strict=True)]
    for place, term in zip((3, 40, 5, 8, 20, 150), TERMS, strict=True):
        words[place] = term
    return words


def page(rng: np.random.Generator, words: list[str], weight: np.ndarray) -> str:
    """Return a text of paragraphs of five sentences or so."""
    chosen = rng.choice(len(words), FILE // 2, p=weight)
    clause = rng.integers(3, 9, len(chosen))
    parts: list[str] = []
    at = marks = 0
    while at < len(chosen):
        parts.append("".join(words[w] for w in chosen[at : at + clause[marks]]))
        parts.append("，" if marks % 3 else "。\n\n" if marks % 15 == 0 else "。")
        at, marks = at + int(clause[marks]), marks + 1
    return "".join(parts)[:FILE]


def write(folder: Path, megabytes: int) -> int:
    """Write the files and return how many bytes they have."""
    rng = np.random.default_rng(0)
    words = vocabulary(rng)
    weight = 1 / np.arange(1, len(words) + 1)
    weight /= weight.sum()
    size = number = 0
    while size < megabytes * 1_000_000:
        text = page(rng, words, weight) + ("。\n\n" + RARE + "。" if number % 100 == 0 else "")
        size += (folder / f"{number:05d}.txt").write_bytes(text.encode("utf-8"))
        number += 1
    return size


def seconds(work: Callable[[], object], runs: int = 15) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def main(megabytes: int) -> None:
    """Build the corpus and print what it takes."""
    with tempfile.TemporaryDirectory() as made:
        pages, folder = Path(made, "pages"), Path(made, "corpus")
        pages.mkdir()
        size = write(pages, megabytes) / 1e6
        start = time.perf_counter()
        corpus = Corpus.ingest(pages, folder, index=False)
        print(f"read, clean, segment, keep: {time.perf_counter() - start:.1f} s for {size:.0f} MB")
        start = time.perf_counter()
        bring_up(folder)
        print(f"index: {time.perf_counter() - start:.1f} s")
        for path in sorted(folder.iterdir()):
            if path.stat().st_size > 100_000:
                print(f"  {path.name}: {path.stat().st_size / 1e6:.0f} MB")
        for query in (RARE, *TERMS, "质量发", "绝无此语也"):
            shown = corpus.search(query)
            every = (
                seconds(lambda query=query: corpus.search(query, limit=None), 1) if shown.frame.height < 100 else None
            )
            whole = "" if every is None else f"; all places {1000 * every:.1f} ms"
            took = 1000 * seconds(lambda query=query: corpus.search(query))
            print(f"search {query}: {took:.1f} ms, {shown.frame.height} places{whole}")
        hits = corpus.search(RARE, limit=None).frame.height
        brute = sum(p.read_text(encoding="utf-8").count(RARE) for p in pages.iterdir())
        print(f"brute force finds {brute} of the rare sentence, search {hits}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
