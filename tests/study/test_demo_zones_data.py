"""Demo “zones”: the shares as published, every zone and industry named in both languages, layers by a stated rule."""

import re
from importlib import resources
from pathlib import Path

import polars as pl
import pytest

FOLDER = Path(str(resources.files("nqpf"))) / "study" / "demos" / "zones"
HAN = re.compile(r"[\u3400-\u9fff]")
LEVELS = {"high": "future", "medium-high": "emerging", "medium-low": "traditional", "low": "traditional"}


@pytest.fixture(scope="module")
def shares() -> pl.DataFrame:
    return pl.read_parquet(FOLDER / "zones.parquet")


def names(file: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / file, schema_overrides={"code": pl.String, "parent": pl.String, "includes": pl.String})


def test_rows_zones_and_industries_are_as_many_as_published(shares) -> None:
    assert shares.columns == ["region", "industry", "year", "share"]
    assert shares.height == 133_936
    assert not shares.select("region", "industry", "year").is_duplicated().any()
    found = shares.group_by("year").agg(
        pl.len(), pl.col("region").n_unique(), pl.col("industry").n_unique(), pl.col("share").cast(float).sum()
    )
    assert found.sort("year").drop("share").rows() == [(1980, 64_359, 720, 397), (1990, 69_577, 722, 397)]
    # totals of the file that the shares were taken from
    assert found.sort("year")["share"].to_list() == pytest.approx([193.723335, 159.787046], abs=1e-6)


def test_shares_are_parts_of_a_zone(shares) -> None:
    assert shares["share"].min() > 0  # type: ignore[operator]
    sums = shares.group_by("region", "year").agg(pl.col("share").cast(float).sum())
    assert sums["share"].max() < 1  # type: ignore[operator]


def test_shares_of_a_zone_as_published(shares) -> None:
    of = {(r, i, y): s for r, i, y, s in shares.filter(pl.col("region") == "100").rows()}
    assert of["100", "3826", 1980] == pytest.approx(6.3e-5, abs=5e-7)
    assert of["100", "2448", 1980] == pytest.approx(0.005007, abs=5e-7)
    assert sum(s for (_, _, year), s in of.items() if year == 1980) == pytest.approx(0.470884, abs=1e-6)


@pytest.mark.parametrize(("file", "key", "count"), [("industries.csv", "industry", 397), ("zones.csv", "region", 722)])
def test_every_code_has_one_name_in_both_languages(shares, file: str, key: str, count: int) -> None:
    found = names(file)
    assert found.height == count
    assert set(found["code"]) == set(shares[key])
    for column in ("code", "zh", "en"):
        assert not found[column].is_duplicated().any()
        assert found[column].str.len_chars().min() > 0  # type: ignore[operator]
    assert all(HAN.search(name) for name in found["zh"])
    assert not any(HAN.search(name) for name in found["en"])


def test_layers_follow_the_rule_that_each_row_names() -> None:
    found = names("industries.csv")
    rule = found["rule"].str.extract_groups(r"^OECD 1997: (?<level>[a-z-]+) \(ISIC Rev\.2 (?<group>[\d+-]+)\)$")
    levels = rule.struct.field("level")
    assert levels.null_count() == 0
    assert found["layer"].to_list() == [LEVELS[level] for level in levels]
    assert dict(found["layer"].value_counts().rows()) == {"future": 27, "emerging": 119, "traditional": 251}
    layer = dict(found.select("code", "layer").rows())
    assert [layer[code] for code in ("3674", "2834", "3711", "3731", "2211")] == [
        "future", "future", "emerging", "traditional", "traditional",
    ]  # fmt: skip


def test_major_groups_are_the_first_two_digits() -> None:
    found = names("industries.csv")
    assert (found["code"].str.head(2) == found["parent"]).all()
    for column in ("parent_zh", "parent_en"):
        assert found.select("parent", column).unique().height == found["parent"].n_unique() == 20


def test_merged_codes_are_not_among_those_shipped() -> None:
    found = names("industries.csv")
    merged = [code for cell in found["includes"].drop_nulls() for code in cell.split()]
    assert len(merged) == len(set(merged)) == 61
    assert not set(merged) & set(found["code"])


def test_zones_lie_in_the_contiguous_states() -> None:
    found = names("zones.csv")
    assert found["lon"].is_between(-125, -66.9).all()
    assert found["lat"].is_between(24.5, 49.4).all()
    assert found["population"].min() > 0  # type: ignore[operator]
    assert found["state"].str.contains(r"^[A-Z]{2}$").all()


def test_readme_says_which_years_the_employment_is_of() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    chinese, english = text.split("\n---\n")
    assert "就业本身早十年，是 1980 年和 1990 年的" in chinese
    assert "ten years older, of 1980 and 1990" in english
    assert (FOLDER / "zones.parquet").stat().st_size <= 700_000
