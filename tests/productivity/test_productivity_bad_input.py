"""Bad input to every public function: an error that names the place, or a status and remarks; never a silent number.

Warnings count as errors where numbers come out, so that nothing is divided by zero on the way.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf import productivity as p
from nqpf.errors import MethodError, NqpfError, SpecError

UNITS, YEARS = 8, range(2011, 2018)
AT: Any = {"unit": "u", "time": "t"}
X = ["K", "L"]
Call = Callable[[Any], Any]


def panel() -> pl.DataFrame:
    rng = np.random.default_rng(1)
    n = UNITS * len(YEARS)
    k, lab, m = (rng.lognormal(1.5, 0.4, n) for _ in range(3))
    y = k**0.4 * lab**0.5 * np.exp(np.repeat(rng.normal(0, 0.3, UNITS), len(YEARS)) + rng.normal(0, 0.1, n))
    return pl.DataFrame(
        {
            "u": np.repeat([f"u{i:02d}" for i in range(UNITS)], len(YEARS)),
            "t": np.tile(list(YEARS), UNITS),
            **{"K": k, "L": lab, "M": m, "Y": y, "Y2": y * rng.uniform(0.8, 1.2, n), "b": y * rng.uniform(0.5, 1, n)},
            **{c: rng.uniform(1, 2, n) for c in ("z", "pK", "pL", "w")},
            "lp": np.log(y),
            "g": np.repeat(["a", "b"] * (UNITS // 2), len(YEARS)),
            "s": np.where(np.arange(n) % 2, "s1", "s2"),
        }
    )


PRICES = {"K": "pK", "L": "pL"}
TYPES: Any = {"capital": {"k": ("K", "pK")}, "labour": {"l": ("L", "pL")}}
CALLS: dict[str, tuple[str, Call]] = {
    "accelerations": ("Y", lambda d: p.accelerations(d, "Y", horizon=3, after=3, apart=2, **AT)),
    "allocation_series": ("K", lambda d: p.allocation_series(d, "Y", "K", "L", share=0.4, draws=50, **AT)),
    "bootstrap": ("K", lambda d: p.bootstrap(d, X, ["Y"], draws=100, **AT)),
    "breaks": ("Y", lambda d: p.breaks(d, "Y", max_breaks=1, trim=0.25, draws=99, **AT)),
    "cross_efficiency": ("K", lambda d: p.cross_efficiency(d, X, ["Y", "Y2"], orientation="output", **AT)),
    "dea": ("K", lambda d: p.dea(d, X, ["Y"], ["b"], measure="sbm", **AT)),
    "decompose": ("w", lambda d: p.decompose(d, "lp", "w", **AT)),
    "growth_accounts": ("K", lambda d: p.growth_accounts(d, "Y", "K", "L", share=0.4, **AT)),
    "klems": ("K", lambda d: p.klems(d, "Y", **TYPES, **AT)),
    "labour_productivity": ("Y", lambda d: p.labour_productivity(sectors(d), "Y", "L", sector="s", **AT)),
    "malmquist": ("K", lambda d: p.malmquist(d, X, ["Y"], ["b"], index="gml", **AT)),
    "markups": ("K", lambda d: p.markups(d, 0.6, "K", "Y", correct=False, **AT)),
    "metafrontier": ("K", lambda d: p.metafrontier(d, X, ["Y"], group="g", **AT)),
    "misallocation": ("K", lambda d: p.misallocation(d, "Y", "K", "L", elasticity=3.0, share=0.4, **AT)),
    "order_alpha": ("K", lambda d: p.order_alpha(d, X, ["Y"], alpha=0.9, **AT)),
    "order_m": ("K", lambda d: p.order_m(d, X, ["Y"], m=5, **AT)),
    "price_efficiency": ("K", lambda d: p.price_efficiency(d, X, ["Y"], prices=PRICES, **AT)),
    "production_function": (
        "M",
        lambda d: p.production_function(d, "Y", ["L"], ["K"], "M", method="levinsohn_petrin", logs=False, **AT),
    ),
    "scale_efficiency": ("K", lambda d: p.scale_efficiency(d, X, ["Y"], **AT)),
    "second_stage": ("z", lambda d: p.second_stage(d, X, ["Y"], ["z"], draws=50, algorithm=1, **AT)),
    "sfa": ("K", lambda d: p.sfa(d, "Y", X, **AT)),
    "shake_off": ("K", lambda d: p.shake_off(d, "Y", "K", "L", share=0.4, draws=99, rolling=None, **AT)),
    "two_stage": ("K", lambda d: p.two_stage(d, X, ["M"], ["Y"], **AT)),
    "window_dea": ("K", lambda d: p.window_dea(d, X, ["Y"], **AT)),
}
"""A column of numbers and a call of each public function."""
OF_THEIR_OWN = {
    "decoupling",
    "displacement",
    "index_numbers",
    "marginal_product",
    "path_break",
    "payoffs",
    "scenarios",
    "skill_bias",
}
"""Functions whose bad input is tried beside their own tests."""


def sectors(data: Any) -> Any:
    """Return the table once for each of two sectors."""
    if not isinstance(data, pl.DataFrame):
        return data
    return pl.concat([data.with_columns(s=pl.lit(name)) for name in ("s1", "s2")])


def at_row(column: str, value: Any, row: int = 9) -> Call:
    return lambda d: d.with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )


def everywhere(value: Any) -> Callable[[str], Call]:
    return lambda column: lambda d: d.with_columns(pl.lit(value).alias(column))


REFUSED: dict[str, tuple[Callable[[str], Call], str]] = {
    "no table": (lambda _: lambda d: [1, 2, 3], "list is not a table"),
    "no rows": (lambda _: lambda d: d.head(0), "no rows of data"),
    "no column": (lambda c: lambda d: d.drop(c), "There is no column “{column}”"),
    "no name": (lambda _: at_row("u", None), "row 10: .*which unit"),
    "no year": (lambda _: at_row("t", None), "row 10: “None” is not a year"),
    "text year": (lambda _: everywhere("soon")("t"), "“soon” is not a year"),
    "half year": (lambda _: lambda d: d.with_columns(pl.col("t") + 0.5), "“2011.5” is not a year"),
    "same key": (
        lambda _: lambda d: pl.concat([d, d[9:10]]),
        "row 10, unit u01.*, year 2013: Two rows stand for",
    ),
    "text": (lambda c: everywhere("much")(c), "indicator {column}.*A number is expected here.*“much”"),
    "infinite": (lambda c: at_row(c, float("inf")), "row 10,.* indicator {column}.*A number is expected here.*“inf”"),
    "empty cell": (lambda c: at_row(c, None), "unit u01|u01 .*[(]2013[)]"),
    "NaN": (lambda c: at_row(c, float("nan")), "unit u01|u01 .*[(]2013[)]"),
    "nothing there": (lambda c: everywhere(None)(c), "{column}"),
}
"""What no function takes, and what it says."""


def test_every_public_function_is_tried() -> None:
    assert set(CALLS) | OF_THEIR_OWN == set(p.__all__)


@pytest.mark.parametrize("bad", REFUSED)
@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_data_is_refused_by_its_place(name: str, bad: str) -> None:
    column, call = CALLS[name]
    change, text = REFUSED[bad]
    with pytest.raises(NqpfError) as caught:
        call(change(column)(panel()))
    assert re.search(text.format(column=column), str(caught.value)), str(caught.value)


ODD: dict[str, Callable[[str], Call]] = {
    "a zero": lambda c: at_row(c, 0.0),
    "a negative": lambda c: at_row(c, -1.0),
    "all zero": everywhere(0.0),
    "constant": everywhere(3.0),
    "zeros of a unit": lambda c: (
        lambda d: d.with_columns(pl.when(pl.col("u") == "u03").then(0.0).otherwise(pl.col(c)).alias(c))
    ),
    "one row": lambda _: lambda d: d.head(1),
    "one unit": lambda _: lambda d: d.filter(pl.col("u") == "u00"),
    "one year": lambda _: lambda d: d.filter(pl.col("t") == 2012),
    "three rows": lambda _: lambda d: d.filter(pl.col("t") == 2012).head(3),
    "a gap": lambda _: lambda d: d.filter((pl.col("u") != "u02") | (pl.col("t") != 2013)),
    "a year off": lambda _: lambda d: d.filter(pl.col("t") != 2014),
    "twins": lambda _: lambda d: d.with_columns(pl.col(pl.Float64).first().over("t")),
    "all the same": lambda _: lambda d: d.with_columns(pl.col(pl.Float64).first()),
}
"""What some take and others do not."""
OPEN = ("price_low", "price_high", "elasticity_low", "elasticity_high", "stage_1_low", "stage_2_low")
"""Ends of intervals that may be infinite, as their functions say."""


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", CALLS)
def test_odd_data_are_refused_in_words_or_give_numbers(name: str, odd: str) -> None:
    column, call = CALLS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = call(ODD[odd](column)(panel()))
        except NqpfError as error:
            told = str(error)
            found = None
    if found is None:
        assert "{" not in told
        assert len(told) > 40
        return
    numbers = found.to_frame().select(pl.col(pl.Float64))
    assert not any(s.is_nan().any() for s in numbers)
    assert not any(s.is_infinite().any() for s in numbers if s.name not in OPEN)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda d: p.dea(d, X, ["Y"], measure="sbm_zeros"), "Quantity 3 .*is zero for all"),
        (lambda d: p.bootstrap(d.head(2).with_columns(Y=1.0), X, ["Y"], draws=100, method="subsampling"), "2 units"),
        (lambda d: p.klems(d.with_columns(Y=1.0, pK=0.0), "Y", **TYPES, **AT), "u00, year 2011: Together these types"),
        (
            lambda d: p.production_function(
                d.with_columns(M=2.0, Y=1.0 + pl.col("K")), "Y", ["L"], ["K"], "M", logs=False, **AT
            ),
            "indicator M: The proxy is the same in every row",
        ),
        (
            lambda d: p.production_function(
                d.filter(pl.col("u") == "u00").with_columns(Y=pl.col("K") + 1), "Y", [], ["K"], method="ols",
                logs=False, **AT,
            ),
            "unit u00: This is the only firm",
        ),
        (
            lambda d: p.cross_efficiency(
                {"u": ["A", "B"], "x": [1.0, 1.0], "y": [3.0, 0.0], "v": [0.0, 3.0]},
                ["x"], ["y", "v"], unit="u", orientation="output", goal="aggressive",
            ),
            "unit B: At the best prices of “A” the unit has nothing of worth",
        ),
    ],
)  # fmt: skip
def test_what_has_no_number_is_told(call: Call, text: str) -> None:
    with pytest.raises(MethodError) as caught:
        call(panel().with_columns(Y=0.0))
    assert re.search(text, str(caught.value)), str(caught.value)


OPTIONS: list[tuple[Call, str]] = [
    (lambda d: p.dea(d, "K", ["Y"]), r'inputs: A list of columns.*Write \["K"\]'),
    (lambda d: p.two_stage(d, X, "M", ["Y"]), r'intermediate: A list of columns.*\["M"\]'),
    (lambda d: p.second_stage(d, X, ["Y"], "z"), r"explained_by: A list of columns"),
    (lambda d: p.second_stage(d, X, ["Y"], ["z", "z"], draws=50), "indicator z"),
    (lambda d: p.sfa(d, "Y", "K"), "inputs: A list of columns"),
    (lambda d: p.production_function(d, "Y", "L", ["K"], method="ols", **AT), "free: A list of columns"),
    (lambda d: p.price_efficiency(d, X, ["Y"], prices={"K": None, "L": 1.0}), "“None” of “K” is neither"),  # type: ignore[dict-item]
    (lambda d: p.price_efficiency(d, X, ["Y"], prices={"K": float("inf"), "L": 1.0}), "“inf” of “K” is neither"),
    (lambda d: p.price_efficiency(d, X, ["Y"], prices=["pK"]), "no price of “K”"),  # type: ignore[arg-type]
    (lambda d: p.window_dea(d, X, ["Y"], width="3", **AT), "cannot be 3 years wide"),
    (lambda d: p.bootstrap(d, X, ["Y"], h=0), "bandwidth 0"),
    (lambda d: p.bootstrap(d, X, ["Y"], seed=-1), "seed “-1”"),
    (lambda d: p.second_stage(d, X, ["Y"], ["z"], seed="a"), "seed “a”"),  # type: ignore[arg-type]
    (lambda d: p.order_m(d, X, ["Y"], m=2.5), "m = 2.5"),  # type: ignore[arg-type]
    (lambda d: p.growth_accounts(d, "Y", "K", "L", share=0.4, periods=[2012], **AT), "“2012” is no period"),  # type: ignore[list-item]
    (lambda d: p.klems(d, "Y", capital={"k": "K"}, labour={"l": ("L", "pL")}, **AT), "capital: The types"),
    (lambda d: p.klems(d, "Y", capital={}, labour={"l": ("L", "pL")}, **AT), "capital: The types"),
    (lambda d: p.markups(d, "0.6", "K", "Y", **AT), "elasticity"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "text"), OPTIONS)
def test_options_of_the_wrong_kind_are_named(call: Call, text: str) -> None:
    with pytest.raises((SpecError, MethodError)) as caught:
        call(panel())
    assert re.search(text, str(caught.value)), str(caught.value)
