"""Duplicates: exact counts beside brute force, kinds, clusters, and bad input."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.results import Note
from nqpf.text.article import Article, Block
from nqpf.text.cleaning.search_key import key_of, keys_of
from nqpf.text.copies.duplicates import duplicates

WORDS = st.text(alphabet="新质生产力，。 a", max_size=14)


def brute(texts: list[str], n: int, threshold: float, containment: float) -> dict[tuple[int, int], float]:
    """Return every pair that is near or contained, with its Jaccard index."""
    sets = []
    for text in texts:
        key = key_of(text).text
        sets.append({key[i : i + n] for i in range(max(1, len(key) - n + 1))} if key else set())
    found = {}
    for i, a in enumerate(sets):
        for j in range(i + 1, len(sets)):
            b = sets[j]
            shared, union = len(a & b), len(a | b)
            if shared and (shared >= threshold * union - 1e-9 or shared >= containment * min(len(a), len(b)) - 1e-9):
                found[i, j] = shared / union
    return found


def random_texts(count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    phrases = ["".join(map(chr, rng.integers(0x4E00, 0x4E80, 6))) for _ in range(60)]
    return ["，".join(phrases[k] for k in rng.integers(0, 60, rng.integers(3, 30))) for _ in range(count)]


def test_kinds_by_hand() -> None:
    base = "新质生产力是创新起主导作用的先进生产力质态"
    found = duplicates(
        {
            "id": ["a", "b", "c", "d", "e"],
            "text": [
                base,
                f"“{base}”。",
                base[:-2] + "样态",
                base + "具有高科技高效能高质量特征符合新发展理念",
                "无关",
            ],
        }
    )
    rows = {(r["id_1"], r["id_2"]): r for r in found.pairs.iter_rows(named=True)}
    assert {k: r["kind"] for k, r in rows.items()} == {
        ("a", "b"): "exact",
        ("a", "c"): "near",
        ("a", "d"): "contained",
        ("c", "d"): "contained",
    }
    # 21 characters have 17 runs of five; the last but one replaced changes two of them: 15 of 19 are shared.
    assert rows["a", "c"]["jaccard"] == pytest.approx(15 / 19)
    assert rows["a", "d"]["containment_1"] == 1.0
    assert rows["a", "d"]["containment_2"] < 0.8


def test_jaccard_by_hand() -> None:
    # abcdef and abcdeg with runs of two: ab bc cd de ef against ab bc cd de eg: 4 of 6.
    row = duplicates({"id": [1, 2], "text": ["abcdef", "abcdeg"]}, n=2).pairs.row(0, named=True)
    assert row["jaccard"] == pytest.approx(4 / 6)
    assert row["containment_1"] == row["containment_2"] == pytest.approx(4 / 5)


@given(st.lists(WORDS, min_size=1, max_size=8), st.integers(1, 4), st.sampled_from([0.2, 0.5, 0.9, 1.0]))
def test_exact_finds_what_brute_force_finds(texts: list[str], n: int, threshold: float) -> None:
    keys = [key_of(t).text for t in texts]
    unique = [t for k, t in zip(keys, texts, strict=True) if keys.count(k) == 1]
    if not unique:
        return
    ids = [f"{k:02d}" for k in range(len(unique))]
    found = duplicates({"id": ids, "text": unique}, n=n, threshold=threshold, containment=0.7).pairs
    got = {(int(a), int(b)): j for a, b, j in found.select("id_1", "id_2", "jaccard").rows()}
    want = brute(unique, n, threshold, 0.7)
    assert got.keys() == want.keys()
    assert all(got[p] == pytest.approx(want[p], abs=1e-12) for p in want)


@pytest.mark.parametrize("method", ["exact", "minhash"])
def test_methods_beside_brute_force(method: str) -> None:
    texts = random_texts(60, 3)
    rng = np.random.default_rng(4)
    for k in range(20):  # altered copies
        old = list(texts[k])
        for at in rng.choice(len(old), max(1, len(old) // 40), replace=False):
            old[at] = "改"
        texts.append("".join(old))
    ids = [f"{k:03d}" for k in range(len(texts))]
    found = duplicates({"id": ids, "text": texts}, method=method, threshold=0.5, containment=1.0, seed=1).pairs
    got = {(int(a), int(b)): j for a, b, j in found.select("id_1", "id_2", "jaccard").rows()}
    want = {p: j for p, j in brute(texts, 5, 0.5, 1.0).items() if j >= 0.5}
    assert want.keys() <= got.keys()
    assert all(got[p] == pytest.approx(j, abs=1e-12) for p, j in want.items())


def test_order_of_rows_does_not_matter() -> None:
    texts = random_texts(12, 5)
    texts += [texts[0] + "改动", texts[1], texts[2][:40]]
    frame = pl.DataFrame({"id": [f"{k:02d}" for k in range(15)], "text": texts})
    one, two = duplicates(frame), duplicates(frame.sample(fraction=1, shuffle=True, seed=2))
    assert one.pairs.equals(two.pairs)
    assert one.groups.equals(two.groups)


def test_clusters_and_their_representative() -> None:
    base = random_texts(1, 7)[0]
    table = {"id": ["b", "a", "c", "z"], "text": [base, base, base + "尾声再加几个字", "别的"]}
    found = duplicates(table)
    assert found.groups["cluster"].to_list() == [1, 1, 1]
    assert found.groups.filter("representative")["id"].to_list() == ["c"]
    assert found.surplus == ("a", "b")
    assert duplicates(table, representative="first").surplus == ("b", "c")


def test_contained_texts_join_clusters_unless_asked_otherwise() -> None:
    long, short = "".join(random_texts(6, 8)), random_texts(1, 9)[0]
    table = {"id": ["a", "b"], "text": [long + short, short]}
    assert duplicates(table).pairs["kind"].to_list() == ["contained"]
    assert duplicates(table).surplus == ("b",)
    assert duplicates(table, link="near").surplus == ()


def test_many_texts_that_are_the_same_give_one_pair_each() -> None:
    found = duplicates({"id": list(range(100, 140)), "text": ["新质生产力是先进生产力"] * 40})
    assert found.pairs.height == 39
    assert set(found.pairs["id_1"]) == {"100"}


def test_empty_and_short_texts_are_told() -> None:
    found = duplicates({"id": ["a", "b", "c", "d"], "text": ["", "，。", "创新", "创 新！"]})
    assert found.pairs.select("id_1", "id_2").rows() == [("c", "d")]
    assert [n.code for n in found.notes] == ["text_empty", "text_shorter_than_run"]
    assert [n.values["count"] for n in found.notes] == [2, 2]


def test_a_run_longer_than_every_text_leaves_only_the_same_ones() -> None:
    texts = random_texts(5, 1)
    found = duplicates({"id": list("abcdef"), "text": [*texts, texts[0]]}, n=10_000)
    assert found.pairs["kind"].to_list() == ["exact"]
    assert Note("text_shorter_than_run", "warning", {"count": 6, "id": "a", "n": 10_000}) in found.notes


def test_minhash_says_what_it_cannot_find() -> None:
    found = duplicates({"id": ["a"], "text": ["创新驱动"]}, method="minhash")
    assert [n.code for n in found.notes] == ["text_shorter_than_run", "text_minhash"]
    assert found.method.options["permutations"] == 128


def test_articles_are_texts() -> None:
    def article(name: str, text: str) -> Article:
        block = Block("paragraph", text, tuple(range(len(text))))
        return Article(name, "f.txt", None, (), (), None, None, (block,), ((1, 1),))

    found = duplicates([article("f-1", "新质生产力是先进生产力。"), article("f-2", "新质生产力是先进生产力")])
    assert found.pairs["kind"].to_list() == ["exact"]


def test_kind_of_dataframe_comes_back() -> None:
    pd = pytest.importorskip("pandas")
    found = duplicates(pd.DataFrame({"id": ["a", "b"], "text": ["甲乙丙丁戊己", "甲乙丙丁戊己"]}))
    assert isinstance(found.to_frame(), pd.DataFrame)


def test_bad_input() -> None:
    with pytest.raises(DataError, match="row 2: Two texts have the same name: a"):
        duplicates({"id": ["a", "a"], "text": ["甲", "乙"]})
    with pytest.raises(DataError, match="row 2: Column “text” is empty here"):
        duplicates({"id": ["a", "b"], "text": ["甲", None]})
    with pytest.raises(DataError, match="There is no column “words”"):
        duplicates({"id": ["a"], "text": ["甲"]}, text="words")
    with pytest.raises(MethodError, match=r"threshold: It must be a number above 0 and not above 1, not 0"):
        duplicates({"id": ["a"], "text": ["甲"]}, threshold=0)
    with pytest.raises(MethodError, match="n: It must be a whole number of 1 or more, not 0"):
        duplicates({"id": ["a"], "text": ["甲"]}, n=0)
    with pytest.raises(SpecError, match="minhsah"):
        duplicates({"id": ["a"], "text": ["甲"]}, method="minhsah")  # type: ignore[arg-type]


def test_keys() -> None:
    key = key_of("“Ａ股” 与 3.6％，２０２３-09！")
    assert key.text == "a股与3.6%2023-09"
    assert "".join("“Ａ股” 与 3.6％，２０２３-09！"[k] for k in key.origin) == "Ａ股与3.6％２０２３-09"
    assert key_of("").text == key_of("。，").text == ""


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=20), min_size=1, max_size=5))
def test_keys_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    codes, starts = keys_of(texts)
    parts = [codes[a:b].tolist() for a, b in pairwise(starts)]
    assert parts == [key_of(t).codes.tolist() for t in texts]
