"""Texts that are the same, nearly the same, or inside each other, by the runs of n characters they share.

Likeness is the Jaccard index of the sets of runs, containment the share of one set that lies in the other (Broder 1997,
doi:10.1109/SEQUEN.1997.666900). Both are counted exactly for every pair that is reported; MinHash only proposes pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, Where
from nqpf.frames import as_backend
from nqpf.results import Method, Note, Result
from nqpf.text.cleaning.search_key import keys_of
from nqpf.text.copies.table import Texts

Integers = NDArray[np.int64]

METHODS = ("auto", "exact", "minhash")
REPRESENTATIVES = ("longest", "first")
LINKS = ("all", "near")
EXACT_UP_TO = 10_000
"""Texts up to which ``auto`` compares exactly."""
BATCH = 4_000_000
"""Characters that are turned into keys at a time."""
SLACK = 3.0
"""Standard errors by which a signature may fall short of the threshold before its pair is dropped."""


@dataclass(frozen=True, slots=True, eq=False)
class Duplicates(Result):
    """Texts that are the same or nearly so.

    Attributes
    ----------
    pairs
        A row a pair: id_1, id_2 (in the order of their names), kind (exact, near, contained), jaccard, containment_1
        (share of the first text's runs that the second holds), containment_2.
    groups
        A row a text that has a pair: cluster (from 1), id, representative (true for one of each cluster).
    texts
        Number of texts that were compared.
    method, notes
        How they came about, and remarks.
    """

    pairs: pl.DataFrame
    groups: pl.DataFrame
    texts: int
    method: Method
    notes: tuple[Note, ...] = ()
    backend: Any = None

    def to_frame(self) -> Any:
        """Return the pairs as the kind of dataframe that was given."""
        return as_backend(self.pairs, self.backend)

    @property
    def surplus(self) -> tuple[str, ...]:
        """Names of the texts that have a representative other than themselves: what to leave out when counting."""
        return tuple(self.groups.filter(~pl.col("representative"))["id"].to_list())


def duplicates(
    data: Any,
    *,
    id: str = "id",
    text: str = "text",
    method: Literal["auto", "exact", "minhash"] = "auto",
    n: int = 5,
    threshold: float = 0.5,
    containment: float = 0.8,
    representative: Literal["longest", "first"] = "longest",
    link: Literal["all", "near"] = "all",
    permutations: int = 128,
    seed: int = 0,
) -> Duplicates:
    """Find texts that are the same, nearly the same, or inside each other.

    Texts are compared by their search keys: without punctuation and blanks, of one width, in small letters and
    simplified characters.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, or a sequence of `Article`.
    id, text
        Columns of names and texts.
    method
        ``exact`` finds every pair; ``minhash`` proposes pairs by signatures, finds pairs at the threshold with a chance
        of 99 % and those above it more surely, but containment only where the pair is also alike; ``auto``: exact up to
        10,000 texts.
    n
        Characters of a run. A text of fewer characters is one run.
    threshold
        Least Jaccard index of a near pair, above 0.
    containment
        Least share of the smaller text's runs that lie in the larger for a contained pair, above 0.
    representative
        ``longest``: the longest key of a cluster, of equal ones the first name; ``first``: the first name.
    link
        ``all``: clusters join same, near and contained texts; ``near``: same and near ones only.
    permutations, seed
        Values of a signature and where their random functions start; for ``minhash`` only.

    Returns
    -------
    Duplicates
        Pairs and clusters. Of texts whose keys are the same only the first by name is compared with others; the rest
        have one pair each, with that first one.

    Raises
    ------
    DataError
        A column or a text is missing, a name is missing or stands twice, the table is empty.
    MethodError
        `n` or `permutations` below 1, `threshold` or `containment` outside (0, 1].
    SpecError
        An option is none of its words.

    References
    ----------
    Broder (1997), On the resemblance and containment of documents, doi:10.1109/SEQUEN.1997.666900.
    Bayardo, Ma and Srikant (2007), Scaling up all pairs similarity search, doi:10.1145/1242572.1242591.

    Examples
    --------
    >>> texts = ["新质生产力是先进生产力", "新质生产力，是先进生产力。", "别的文章"]
    >>> found = duplicates({"id": ["a", "b", "c"], "text": texts})
    >>> found.pairs.select("id_1", "id_2", "kind").rows()
    [('a', 'b', 'exact')]
    """
    for key, value, words in (
        ("method", method, METHODS),
        ("representative", representative, REPRESENTATIVES),
        ("link", link, LINKS),
    ):
        choose(key, value, words)
    for key, share in (("threshold", threshold), ("containment", containment)):
        if not 0 < share <= 1:
            raise MethodError("text_share", where=Where(key=key), value=share)
    for key, count in (("n", n), ("permutations", permutations)):
        if count < 1:
            raise MethodError("text_count", where=Where(key=key), value=count)
    texts = Texts.of(data, id, text).sorted()
    chosen = method if method != "auto" else ("exact" if len(texts.ids) <= EXACT_UP_TO else "minhash")
    first, sizes = _same(texts)
    notes = _notes(texts, sizes, n, chosen)
    ones = np.flatnonzero((first == np.arange(len(first))) & (sizes > 0))
    pick = [texts.texts[d] for d in ones]
    found = _exact(pick, n, threshold, containment) if chosen == "exact" else _minhash(
        pick, n, threshold, containment, permutations, seed
    )  # fmt: skip
    pairs = _table(texts, first, sizes, ones, found, threshold)
    groups = _groups(texts, sizes, pairs, representative, link)
    options: dict[str, Any] = {"method": chosen, "n": n, "threshold": threshold, "containment": containment}
    options |= {"representative": representative, "link": link}
    options |= {"permutations": permutations, "seed": seed} if chosen == "minhash" else {}
    return Duplicates(
        pairs, groups, len(texts.ids), Method("text.duplicates", options), notes, texts.backend
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Pairs of texts (by place) with the runs they share and have, each ``int64[P]``."""

    i: Integers
    j: Integers
    shared: Integers
    size_i: Integers
    size_j: Integers

    def kept(self, threshold: float, containment: float) -> _Found:
        """Return the pairs that are near or contained."""
        union = self.size_i + self.size_j - self.shared
        small = np.minimum(self.size_i, self.size_j)
        keep = (self.shared >= threshold * union - 1e-9) | (self.shared >= containment * small - 1e-9)
        return _Found(*(c[keep] for c in (self.i, self.j, self.shared, self.size_i, self.size_j)))


def _same(texts: Texts) -> tuple[Integers, Integers]:
    """Return the first text of the same key for each text, and the length of each key."""
    seen: dict[bytes, int] = {}
    first = np.empty(len(texts.ids), np.int64)
    sizes = np.empty(len(texts.ids), np.int64)
    for batch in _batches(texts.texts):
        codes, starts = keys_of(texts.texts[batch])
        for k, d in enumerate(range(batch.start, batch.stop)):
            part = codes[starts[k] : starts[k + 1]].tobytes()
            sizes[d] = len(part) // 4
            first[d] = seen.setdefault(_digest(part), d) if part else d
    return first, sizes


def _digest(part: bytes) -> bytes:
    return blake2b(part, digest_size=16).digest()


def _batches(texts: tuple[str, ...] | list[str]) -> list[slice]:
    """Return stretches of texts of about `BATCH` characters."""
    total = np.cumsum([len(t) for t in texts])
    cuts = np.searchsorted(total, np.arange(BATCH, int(total[-1]) if len(texts) else 0, BATCH), side="left") + 1
    edges = [0, *dict.fromkeys(cuts.tolist()), len(texts)]
    return [slice(a, b) for a, b in pairwise(edges) if b > a]


def _notes(texts: Texts, sizes: Integers, n: int, chosen: str) -> tuple[Note, ...]:
    notes = []
    empty = int((sizes == 0).sum())
    short = int(((sizes > 0) & (sizes < n)).sum())
    if empty:
        name = texts.ids[int(np.flatnonzero(sizes == 0)[0])]
        notes.append(Note("text_empty", "warning", {"count": empty, "id": name}))
    if short:
        name = texts.ids[int(np.flatnonzero((sizes > 0) & (sizes < n))[0])]
        notes.append(Note("text_shorter_than_run", "warning", {"count": short, "id": name, "n": n}))
    if chosen == "minhash":
        notes.append(Note("text_minhash", "info"))
    return tuple(notes)


def _exact(texts: list[str], n: int, threshold: float, containment: float) -> _Found:
    from nqpf.numerics.grams import GramSets
    from nqpf.numerics.overlap import holding

    codes, starts = keys_of(texts)
    sets = GramSets.of(codes, starts, n)
    # J ≥ t means that the smaller set lies in the larger to 2t/(1 + t) or more.
    i, j = holding(sets, min(containment, 2 * threshold / (1 + threshold)))
    i, j = np.minimum(i, j), np.maximum(i, j)
    return _Found(i, j, sets.shared(i, j), sets.sizes[i], sets.sizes[j]).kept(threshold, containment)


def _minhash(texts: list[str], n: int, threshold: float, containment: float, permutations: int, seed: int) -> _Found:
    from nqpf.numerics.grams import GramSets
    from nqpf.numerics.minhash import banding, functions, proposed, signatures

    a, b = functions(permutations, seed)
    marks = np.concatenate([signatures(*keys_of(texts[part]), n, a, b) for part in _batches(texts)] or [a[:0, None]])
    bands, rows = banding(permutations, threshold)
    spread = SLACK * np.sqrt(threshold * (1 - threshold) / permutations)
    i, j = proposed(marks, bands, rows, int(np.floor(permutations * max(0.0, threshold - spread))))
    found = []
    step = 2000
    for at in range(0, len(i), step):  # the sets of a few pairs at a time are made again rather than all kept
        p, q = i[at : at + step], j[at : at + step]
        docs, where = np.unique(np.concatenate((p, q)), return_inverse=True)
        sets = GramSets.of(*keys_of([texts[d] for d in docs]), n)
        x, y = where[: len(p)], where[len(p) :]
        found.append(_Found(p, q, sets.shared(x, y), sets.sizes[x], sets.sizes[y]).kept(threshold, containment))
    none = np.empty(0, np.int64)
    columns = ("i", "j", "shared", "size_i", "size_j")
    return _Found(*(np.concatenate([getattr(f, c) for f in found] or [none]) for c in columns))


def _table(
    texts: Texts, first: Integers, sizes: Integers, ones: Integers, found: _Found, threshold: float
) -> pl.DataFrame:
    union = found.size_i + found.size_j - found.shared
    jaccard = found.shared / union
    again = np.flatnonzero((first != np.arange(len(first))) & (sizes > 0))
    whole = np.ones(len(again))
    names = np.array(texts.ids, dtype=object)
    kinds = np.where(jaccard >= threshold - 1e-12, "near", "contained").astype(object)
    table = pl.DataFrame(
        {
            "id_1": pl.Series([*names[first[again]], *names[ones[found.i]]], dtype=pl.String),
            "id_2": pl.Series([*names[again], *names[ones[found.j]]], dtype=pl.String),
            "kind": pl.Series(["exact"] * len(again) + kinds.tolist(), dtype=pl.String),
            "jaccard": np.concatenate((whole, jaccard)),
            "containment_1": np.concatenate((whole, found.shared / found.size_i)),
            "containment_2": np.concatenate((whole, found.shared / found.size_j)),
        }
    )
    return table.sort("id_1", "id_2")


def _groups(texts: Texts, sizes: Integers, pairs: pl.DataFrame, rule: str, link: str) -> pl.DataFrame:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = {name: d for d, name in enumerate(texts.ids)}
    used = pairs if link == "all" else pairs.filter(pl.col("kind") != "contained")
    i = np.array([place[x] for x in used["id_1"]], np.int64)
    j = np.array([place[x] for x in used["id_2"]], np.int64)
    size = len(texts.ids)
    _, label = connected_components(coo_array((np.ones(len(i), bool), (i, j)), shape=(size, size)), directed=False)
    rows = []
    clusters: dict[int, list[int]] = {}
    for d in np.unique(np.concatenate((i, j))).tolist():
        clusters.setdefault(int(label[d]), []).append(d)
    for number, members in enumerate(clusters.values(), start=1):
        best = members[0] if rule == "first" else min(members, key=lambda d: (-sizes[d], d))
        rows += [(number, texts.ids[d], d == best) for d in members]
    schema = {"cluster": pl.Int64, "id": pl.String, "representative": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")
