"""Five hundred terms over a constructed corpus: time and peak memory of `nqpf.text.count_stream`.

``python benchmarks/counting.py [megabytes] [workers]``; default 1000 MB in files of 8 MB, two workers.
The text is drawn at random from the terms and from common characters.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from nqpf.text.measuring.stream import count_stream

COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面"
FILLING = "字词语句段篇章文本料"
TERMS = 500
FILE_MB = 8


def terms(rng: random.Random) -> list[str]:
    """Return different terms of two to seven characters."""
    found: set[str] = set()
    while len(found) < TERMS:
        found.add("".join(rng.choices(COMMON, k=rng.randint(2, 7))))
    return sorted(found)


def block(rng: random.Random, words: list[str], megabytes: float) -> str:
    """Return documents of sentences, a line each."""
    parts, size, goal = [], 0, int(megabytes * 1e6 / 3)
    while size < goal:
        sentence = "".join(rng.choice(words) if rng.random() < 0.1 else rng.choice(FILLING) for _ in range(25))
        parts.append(sentence + rng.choice("。。。；，\n"))
        size += len(parts[-1])
    return "".join(parts)


def main(megabytes: float, workers: int) -> None:
    """Build the corpus, count it, print what it took."""
    rng = random.Random(0)
    words = terms(rng)
    blocks = [block(rng, words, FILE_MB) for _ in range(4)]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for k in range(max(1, round(megabytes / FILE_MB))):
            files.append(Path(folder) / f"{k:05}.txt")
            files[-1].write_text(blocks[k % len(blocks)], encoding="utf-8")
        size = sum(file.stat().st_size for file in files) / 1e6
        count_stream([("warm", "up")], words)
        for unit in ("characters", "sentences"):
            start = time.perf_counter()
            found = count_stream(files, words, unit=unit, workers=workers)
            took = time.perf_counter() - start
            hits = int(found.total["count"][0])
            print(f"{size:.0f} MB, {TERMS} terms, {unit}, {workers} workers: {took:.1f} s, {hits} occurrences")
    expected = sum(blocks[k % len(blocks)].count(words[0]) for k in range(len(files)))
    assert found.terms.filter(term=words[0])["count"][0] == expected
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    given = [float(x) for x in sys.argv[1:]]
    main(given[0] if given else 1000.0, int(given[1]) if len(given) > 1 else 2)
