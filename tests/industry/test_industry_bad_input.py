"""Awkward tables through every public function: a right number, or an error that says what, where and what to do."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from nqpf import industry
from nqpf.errors import MethodError, NqpfError, SpecError
from nqpf.messages import speak

Act = Callable[..., Any]
ROLES = ("region", "line", "year", "kind")


def panel(years: int = 7, regions: int = 5, lines: int = 4) -> pl.DataFrame:
    """Return whole numbers above 0 for every region, line and year, beside columns that single methods take."""
    rng = np.random.default_rng(4)
    t, n, k = (axis.ravel() for axis in np.indices((years, regions, lines)))
    fit = rng.normal(size=(1, regions, lines)) + 0.4 * rng.normal(size=(years, regions, lines))
    jobs = np.round(100 * np.exp(fit)).ravel() + 1
    kinds = np.array(["traditional", "emerging", "future"])
    return pl.DataFrame(
        {
            "region": [f"r{i}" for i in n], "line": [f"l{i}" for i in k], "year": 2015 + t, "kind": kinds[k % 3],
            "jobs": jobs, "able": jobs[::-1], "use": rng.uniform(0.6, 0.9, jobs.size),
        }
    )  # fmt: skip


def acts(region: str = "region", line: str = "line", year: str = "year", kind: str = "kind", jobs: str = "jobs",
         able: str = "able") -> dict[str, Act]:  # fmt: skip
    """Return every function on tables of regions and industries, by name, with the columns called as told."""
    keys: dict[str, Any] = {"unit": region, "industry": line, "time": year}
    f = industry
    found: dict[str, Act] = {
        name: lambda t, name=name: getattr(f, name)(t, jobs, **keys)
        for name in ("rca", "space", "proximity", "density", "location_quotient", "similarity", "concentration",
                     "coagglomeration", "shift_share", "features")
    }  # fmt: skip
    return found | {
        "complexity": lambda t: f.complexity(t, jobs, **keys, parts="largest"),
        "opportunity": lambda t: f.opportunity(t, jobs, **keys, parts="largest"),
        "diversity": lambda t: f.diversity(t, jobs, **keys, parent=kind),
        "portfolios": lambda t: f.portfolios(t, jobs, **keys, layer=kind),
        "crowding": lambda t: f.crowding(t, jobs, **keys, draws=9),
        "mismatch": lambda t: f.mismatch(t, jobs, able, **keys, demand="use"),
        "plan_similarity": lambda t: f.plan_similarity(t, unit=region, industry=line, weight=jobs, draws=9),
        "abandonment": lambda t: f.abandonment(
            t, **keys, layer=kind, tfp="use", investment=jobs, employment=able, output=able),
        "entry_model": lambda t: f.entry_model(t, jobs, **keys, features=["density"], ridge=1.0),
        "backtest": lambda t: f.backtest(
            t, jobs, **keys, models=["density"], pools=["all"], k=1, draws=100, diagonal="one"),
    }  # fmt: skip


def one_region(region: str = "region", line: str = "line", year: str = "year", kind: str = "kind", jobs: str = "jobs",
               able: str = "able") -> dict[str, Act]:  # fmt: skip
    """Return the functions on tables of industries and years."""
    del region
    return {
        "headroom": lambda t: industry.headroom(
            t, industry=line, time=year, demand=able, capacity=jobs, utilisation="use"),
        "exuberance": lambda t: industry.exuberance(
            t, jobs, time=year, unit=line, shortest=7, draws=9, alpha=0.1, window=5),
        "new_against_old": lambda t: industry.new_against_old(
            t, industry=line, time=year, layer=kind, new="emerging", old="traditional", output=jobs, draws=100),
    }  # fmt: skip


def table_for(name: str, table: pl.DataFrame | None = None) -> pl.DataFrame:
    table = panel() if table is None else table
    if name == "plan_similarity":
        return table.filter(pl.col("year") == 2015).drop("year")
    return table.filter(pl.col("region") == "r0").drop("region") if name in one_region() else table


EVERY = [*acts(), *one_region()]
BOTH = {**acts(), **one_region()}


def outcome(act: Act, table: Any) -> NqpfError | None:
    """Return the error of a call, if there is one, with words in both languages; no warning of numpy comes with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            frames(act(table))
        except NqpfError as error:
            assert all(len(text) > 10 and "{" not in text for text in (error.text().zh, error.text().en))  # noqa: PT017
            return error
    return None


def refused(act: Act, table: Any) -> NqpfError:
    """Return the error of a call that there has to be."""
    error = outcome(act, table)
    assert error is not None
    return error


def put(table: pl.DataFrame, column: str, row: int, value: Any) -> pl.DataFrame:
    cells = table[column].to_list()
    cells[row] = value
    return table.with_columns(pl.Series(column, cells, strict=False))


@pytest.mark.parametrize("name", EVERY)
def test_cells_that_are_no_numbers_are_named_with_their_row_and_column(name: str) -> None:
    table = table_for(name)
    for bad in ("n/a", "1,234", float("inf"), -float("inf")):
        cells = table.with_columns(pl.col("jobs").cast(pl.String)) if isinstance(bad, str) else table
        error = refused(BOTH[name], put(cells, "jobs", 3, bad))
        assert error.code == "text_in_number"
        assert error.where.indicator == "jobs"
        assert error.where.row == 4
        assert str(bad).lstrip("-") in str(error)


@pytest.mark.parametrize("name", [n for n in EVERY if n not in ("headroom", "abandonment")])
@pytest.mark.parametrize("bad", [None, float("nan")])
def test_missing_numbers_are_named(name: str, bad: float | None) -> None:
    error = refused(BOTH[name], put(table_for(name), "jobs", 3, bad))
    assert error.code in ("activity_missing", "exuberance_missing", "layer_gap")
    assert "l3" in str(error)
    assert name == "plan_similarity" or "2015" in str(error)


@pytest.mark.parametrize("name", EVERY)
def test_negative_numbers_are_named(name: str) -> None:
    error = refused(BOTH[name], put(table_for(name), "jobs", 3, -7.0))
    assert isinstance(error, MethodError)
    assert "l3" in str(error)
    assert name == "plan_similarity" or "2015" in str(error)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("size", [1e300, 1e-300, 5e-324])
def test_numbers_beyond_all_measure_ask_for_another_unit(name: str, size: float) -> None:
    error = refused(BOTH[name], put(table_for(name), "jobs", 3, size))
    assert error.code == "number_size"
    assert "l3" in str(error)
    assert f"{size:g}" in str(error)
    error = refused(BOTH[name], table_for(name).with_columns(pl.lit(size).alias("jobs")))
    assert error.code in ("number_size", "exuberance_constant")


@pytest.mark.parametrize("name", EVERY)
def test_rows_without_a_label_are_named(name: str) -> None:
    table = table_for(name)
    missing = {"region": "no_unit", "line": "no_industry", "year": "not_a_year"}
    for key, code in missing.items():
        if key in table.columns:
            error = refused(BOTH[name], put(table, key, 3, None))
            assert error.where.row == 4
            assert error.code == code or (name == "exuberance" and error.code == "no_unit")
    codes = put(table.with_columns(pl.col("line").str.slice(1).cast(pl.Float64)), "line", 3, float("nan"))
    assert refused(BOTH[name], codes).where.row == 4
    assert refused(BOTH[name], table.with_columns(pl.concat_list("line"))).code == "label_kind"


@pytest.mark.parametrize("name", EVERY)
def test_rows_that_come_twice_are_named(name: str) -> None:
    table = table_for(name)
    error = refused(BOTH[name], pl.concat([table, table.head(1)]))
    assert error.code in ("twin_pairs", "twin_rows")
    assert error.where.row == 1


@pytest.mark.parametrize("name", EVERY)
def test_what_is_no_table_or_lacks_a_column(name: str) -> None:
    assert refused(BOTH[name], [1, 2]).code == "not_a_table"
    assert refused(BOTH[name], {"a": [1, 2], "b": [1]}).code == "columns_uneven"
    assert refused(BOTH[name], table_for(name).head(0)).code == "empty_table"
    error = refused(BOTH[name], table_for(name).rename({"line": "lines"}))
    assert error.code == "unknown_column"
    with speak("en"):
        assert "Did you mean “lines”" in str(error)


@pytest.mark.parametrize("name", EVERY)
def test_columns_of_labels_named_like_those_of_the_result_are_refused(name: str) -> None:
    table = table_for(name)
    beside = [frame.columns for what, frame in frames(BOTH[name](table)).items() if what not in ("lights", "matrix")]
    for role in (role for role in ("region", "line", "year") if role in table.columns):
        added = {c for columns in beside if role in columns for c in columns} - {*ROLES, "jobs"}
        for column in sorted(added | {"·"}):
            act = {**acts(**{role: column}), **one_region(**{role: column})}[name]
            error = refused(act, table.rename({role: column}))
            assert error.code == "key_taken", (role, column)
            assert f"“{column}”" in str(error)


@pytest.mark.parametrize("name", EVERY)
def test_a_column_of_numbers_may_be_called_like_a_result(name: str) -> None:
    table, value = table_for(name), "value"
    got = {**acts(jobs=value), **one_region(jobs=value)}[name](table.rename({"jobs": value}))
    for what, frame in frames(BOTH[name](table)).items():
        assert_frame_equal(frames(got)[what], frame.rename({"jobs": value}, strict=False))


@pytest.mark.parametrize("name", [n for n in EVERY if "region" in table_for(n).columns])
def test_one_column_for_two_things(name: str) -> None:
    error = refused(acts(line="region")[name], table_for(name))
    assert error.code == "keys_same"


LIBRARIES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "pandas": lambda t: (
        t.to_pandas()
        .sample(frac=1, random_state=1)
        .astype({"line": "category"})
        .assign(note=[1 if i % 2 else "x" for i in range(t.height)])
    ),
    "pyarrow": lambda t: t.to_arrow(),
    "mapping": lambda t: t.with_columns(pl.col("jobs").cast(pl.String)).to_dict(as_series=False),
    "polars": lambda t: (
        t.lazy()
        .reverse()
        .with_columns(pl.col("line").cast(pl.Categorical), pl.col("year").cast(pl.String), rca_=pl.lit([1]))
        .with_columns(pl.col("jobs").cast(pl.Decimal(18, 2)))
    ),
}


@pytest.mark.parametrize("name", [n for n in EVERY if n != "plan_similarity"])
def test_the_answer_is_the_same_for_every_library_order_and_type(name: str) -> None:
    table = table_for(name)
    plain = {what: told(frame) for what, frame in frames(BOTH[name](table)).items()}
    for how, made in LIBRARIES.items():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            got = BOTH[name](made(table))
        for what, frame in plain.items():
            assert_frame_equal(told(frames(got)[what]), frame, check_dtypes=False, abs_tol=1e-9), (how, what)
        assert type(got.to_frame()).__module__.split(".")[0] == how.replace("mapping", "polars")


def test_chinese_names_and_whole_numbers_as_labels() -> None:
    table = panel()
    plain = industry.rca(table, "jobs", unit="region", industry="line", time="year").frame
    named = table.rename({"region": "省份", "line": "行业", "year": "年份", "jobs": "从业人数"}).with_columns(
        pl.format("地区{}", pl.col("省份").str.slice(1)).alias("省份"),
        pl.format("行业{}", pl.col("行业").str.slice(1)).alias("行业"),
    )
    found = industry.rca(named, "从业人数", unit="省份", industry="行业", time="年份").frame
    assert found["rca"].to_list() == plain["rca"].to_list()
    assert found["省份"][0] == "地区0"
    codes = table.with_columns(pl.col("region", "line").str.slice(1).cast(pl.UInt8))
    found = industry.rca(codes, "jobs", unit="region", industry="line", time="year").frame
    assert found["rca"].to_list() == plain["rca"].to_list()
    assert found["line"].dtype == pl.UInt8


@pytest.mark.parametrize("name", acts())
@pytest.mark.parametrize(("column", "kept"), [("region", "r0"), ("line", "l0")])
def test_one_region_or_one_industry(name: str, column: str, kept: str) -> None:
    table = panel().filter(pl.col(column) == kept)
    error = outcome(acts()[name], table)
    words = ("1", "one", "0 regions", "emerging", "the same for all")
    assert error is None or any(word in error.text().en for word in words)


IDLE_ALLOWED = ("abandonment", "shift_share", "portfolios", "plan_similarity", "features", "entry_model", "backtest")


@pytest.mark.parametrize("name", [n for n in acts() if n not in IDLE_ALLOWED])
@pytest.mark.parametrize(("column", "empty"), [("region", "r1"), ("line", "l1")])
def test_who_is_without_activity_is_named_or_stays(name: str, column: str, empty: str) -> None:
    idle = pl.when(pl.col(column) == empty).then(0.0).otherwise(pl.col("jobs")).alias("jobs")
    error = outcome(acts()[name], panel().with_columns(idle))
    assert error is not None
    assert empty in str(error)


@pytest.mark.parametrize("name", acts())
def test_years_with_other_regions(name: str) -> None:
    early, late = (pl.col("region").is_in(own) for own in (["r0", "r1"], ["r2", "r3", "r4"]))
    table = panel().filter((early & (pl.col("year") == 2015)) | (late & (pl.col("year") == 2021)))
    error = outcome(acts()[name], table)
    words = ("r0", "r2", "in common", "not positive", "0 regions")
    assert error is None or any(word in error.text().en for word in words)


NO_OPTION = ("zzz", None, -1.0, float("nan"), float("inf"), 10.5, True, ["zzz"])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("rca", ("shrink", "threshold", "empty")),
        ("space", ("min_total", "min_share", "min_diversity", "min_ubiquity", "threshold", "empty", "confidence")),
        ("fitness", ("method", "rounds", "anchor", "shrink")),
        ("density", ("kind", "diagonal", "neighbours", "weigh")),
        ("opportunity", ("gain", "origin", "kind")),
        ("location_quotient", ("interval", "level", "cutoff", "cases", "adjust", "whole")),
        ("similarity", ("kind", "weight", "against", "errors", "level", "whole", "empty")),
        ("coagglomeration", ("size", "empty")),
        ("diversity", ("base", "whole")),
        ("shift_share", ("variant", "steps", "start", "end", "whole")),
        ("crowding", ("held", "threshold", "below", "least_entries", "history", "widest", "draws", "share_line")),
        ("features", ("names", "at", "threshold", "rank", "neighbours", "diagonal")),
    ],
)
def test_options_that_cannot_be_are_named(name: str, options: tuple[str, ...]) -> None:
    table = panel(years=3)
    keys: dict[str, Any] = {"unit": "region", "industry": "line", "time": "year"}
    own: dict[str, Any] = {"draws": 9} if name == "crowding" else {"method": "fitness"} if name == "fitness" else {}
    name = "complexity" if name == "fitness" else name
    for option in options:
        for given in NO_OPTION:
            act = partial(getattr(industry, name), value="jobs", **{**keys, **own, option: given})
            error = outcome(act, table)
            if isinstance(error, MethodError):
                assert given == 10.5, option  # it may be, but with it nothing is left
            elif error is not None:
                assert error.where.key == option or error.code in ("unknown_key", "no_such_year"), option


def world() -> industry.IOTable:
    return industry.IOTable.of(
        [[20, 30, 5], [40, 10, 5], [5, 10, 2]], [[30, 10], [20, 20], [40, 0]], sectors=["a", "b", "c"],
        finals=["home", "abroad"], uses=["consumption", "exports"], imports=[[5, 1, 0], [2, 3, 0], [0, 1, 1]],
        import_origins=["X", "Y", "X"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("act", "code", "says"),
    [
        (lambda t: t.extraction(3), "not_names", "sectors"),
        (lambda t: t.extraction(share="half"), "share_not_in_one", "half"),
        (lambda t: t.extraction(groups=["a"]), "not_pairs", "groups"),
        (lambda t: t.cut(supplier=None, users="a"), "not_names", "supplier"),
        (lambda t: t.cuts(users="a", suppliers=3), "not_pairs", "suppliers"),
        (lambda t: t.multipliers([]), "nothing_selected", "of"),
        (lambda t: t.multipliers("jbos", extensions={"sector": ["a", "b", "c"], "jobs": [1, 2, 3]}),
         "unknown_column", "jobs"),
        (lambda t: t.leontief(closed="wages"), "io_closed", "wages"),
        (lambda t: t.balance(tolerance=-1), "below_least", "tolerance"),
        (lambda t: t.aggregate({"z": "all"}), "io_unknown_group", "z"),
        (lambda t: t.embodied({"sector": ["a", "b"], "co2": [1, 2]}, "co2"), "sector_without_number", "c"),
        (lambda t: t.embodied({"sector": ["a", "b", "c"], "co2": [1, 2, 3]}, 5), "not_names", "value"),
        (lambda t: industry.meters(t, least_rca="high"), "below_least", "least_rca"),
        (lambda _: industry.IOTable.of([], [], sectors=[]), "empty_table", ""),
        (lambda _: industry.IOTable.of([[1]], [1], sectors="a", balance=3), "bad_choice", "balance"),
        (lambda _: industry.IOTable.of([[1, 1], [1, 1]], [1, 1], sectors=["a", None]), "io_label_missing", "2"),
        (lambda _: industry.IOTable.of([[1, 1], [1, 1]], [1, 1], sectors=["a", "sector"]), "io_reserved", "sector"),
    ],
)  # fmt: skip
def test_what_is_refused_of_input_output_tables(act: Act, code: str, says: str) -> None:
    error = refused(act, world())
    assert error.code == code or (code == "io_unknown_group" and isinstance(error, SpecError))
    assert says in str(error)


def test_nothing_that_nobody_makes_is_no_loss() -> None:
    idle = industry.IOTable.of([[0, 0], [0, 0]], [0, 0], sectors=["a", "b"])
    assert idle.cut(supplier="a", users="b").summary.select("loss", "share").row(0) == (0.0, None)


CANDIDATES: dict[str, Any] = {
    "region": list("aabb"), "line": ["x", "y"] * 2, "p": [0.5, 0.4, 0.5, 0.2], "value": [1.0, 1.0, 1.0, 1.0],
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ({"value": [1.0, 1e300, 1.0, 1.0]}, "number_size", "region"),
        ({"region": [1.0, 1.0, float("nan"), 2.0]}, "no_unit", "3"),
        ({"spec": "quick"}, "not_pairs", "quick"),
        ({"columns": 5}, "not_pairs", "columns"),
        ({"unit": "expected"}, "key_taken", "expected"),
        ({"industry": "limits"}, "key_taken", "limits"),
        ({"industry": "region"}, "keys_same", "region"),
    ],
)
def test_what_is_refused_of_plans(given: dict[str, Any], code: str, says: str) -> None:
    table = {**CANDIDATES, **{k: v for k, v in given.items() if k in CANDIDATES}}
    options = {"unit": "region", "industry": "line", **{k: v for k, v in given.items() if k not in CANDIDATES}}
    for role, column in (("region", options["unit"]), ("line", options["industry"])):
        if column not in table:
            table[column] = table.pop(role)
    error = refused(lambda t: industry.plan(t, **options), table)
    assert error.code == code
    assert says in str(error) or code == "number_size"


def frames(result: Any) -> dict[str, pl.DataFrame]:
    """Return every table of a result."""
    names = (name for name in dir(result) if not name.startswith("_"))
    return {name: found for name in names if isinstance(found := getattr(result, name), pl.DataFrame)}


def told(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with labels as text, in the order of its labels."""
    text = [c for c in frame.columns if not frame[c].dtype.is_float() and not frame[c].dtype.is_nested()]
    whole = frame.with_columns(pl.col(text).cast(pl.String))
    return whole.sort(text, maintain_order=True) if text else whole


def test_mixed_cells_of_pandas_are_read_as_text() -> None:
    table = pd.DataFrame({"r": [1, "b", 1, "b"], "i": list("xxyy"), "v": ["3", 1, 1.0, 3]})
    found = industry.rca(table, "v", unit="r", industry="i").frame
    assert found.select("r", "i", "rca").rows() == [
        ("1", "x", 1.5), ("1", "y", 0.5), ("b", "x", 0.5), ("b", "y", 1.5)
    ]  # fmt: skip
