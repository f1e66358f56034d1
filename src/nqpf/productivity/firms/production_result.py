"""An estimated production function: elasticities, returns to scale, productivity of every row, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from nqpf.columns import numbers
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError
from nqpf.frames import as_backend, backend_of
from nqpf.productivity.firms.sample import Roles
from nqpf.results import Method, Note, Result, TableResult


@dataclass(frozen=True, slots=True, eq=False)
class ProductionFunction(Result):
    """A production function.

    Attributes
    ----------
    frame
        A row for each row of the table: its unit and time; ``phi`` output foreseen by the first stage, without the free
        inputs where their elasticities are known by then; ``omega`` productivity without noise; ``noise`` output that
        the first stage does not foresee; ``tfp`` log output less inputs times elasticities; ``status``. All in logs.
        A status is ``ok``, ``no_previous_year`` (not in the second stage), ``no_investment``, ``missing`` or
        ``not_positive`` (not used at all).
    elasticities
        ``input``, ``role`` (free, state, proxy, control), ``estimate``, ``se``, ``low``, ``high``.
    returns
        Returns to scale: ``estimate``, ``se``, ``low``, ``high``.
    criterion
        Of the second stage at the estimate; None where nothing was searched. With Ackerberg, Caves and Frazer, and with
        materials as an input, it is Q = (Z'ξ)'(Z'Z)⁻¹(Z'ξ)/N and is zero; otherwise the mean square of the innovation.
    starts
        Where each start led: ``start_…``, ``end_…``, ``criterion``, ``share`` (of the variance of the innovation),
        ``zero``, ``steps``, ``end`` (number of the place).
    ends
        The places, by rising criterion: ``end``, ``end_…``, ``criterion``, ``share``, ``zero``, ``starts`` (how many
        led there), ``chosen``.
    draws
        A column for each input and control, a row for each draw of the bootstrap; null where a draw has no estimate.
    roles, keys, logs
        Columns by role, those of unit and time, and whether they hold logs.
    method, notes, backend
        How it came about, remarks, library of the table.
    """

    frame: pl.DataFrame
    elasticities: pl.DataFrame
    returns: pl.DataFrame
    criterion: float | None
    starts: pl.DataFrame
    ends: pl.DataFrame
    draws: pl.DataFrame
    roles: Roles
    keys: tuple[str, str]
    logs: bool
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return ``frame`` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)

    def elasticity(self, input: str) -> float:
        """Return the elasticity of an input.

        Raises
        ------
        DataError
            It is no input of this function.
        """
        found = self.elasticities.filter(pl.col("input") == input)
        if not found.height:
            raise DataError("pf_unknown_input", column=input, options=", ".join(self.elasticities["input"]))
        return float(found["estimate"][0])

    def predict(self, data: Any) -> TableResult:
        """Return the log output of units of mean productivity with the inputs of `data`.

        Parameters
        ----------
        data
            A table with unit, time, the inputs and the controls of the function, measured as they were there.

        Returns
        -------
        TableResult
            Unit, time and ``predicted``, null where an input is missing or has no logarithm.
        """
        names = self.elasticities["input"].to_list()
        frame, _ = numbers(data, names)
        Keyed.of(frame, *self.keys)
        total = pl.lit(self.frame.filter(pl.col("status").is_in(["ok", "no_previous_year"]))["tfp"].mean())
        for name, role, value in self.elasticities.select("input", "role", "estimate").iter_rows():
            x = pl.col(name).cast(pl.Float64)
            if not (self.logs or role == "control"):
                x = pl.when(x > 0).then(x.log())
            if role != "control" or self.method.options["control_effects"] == "removed":
                total = total + value * x
        return TableResult(frame.select(*self.keys, total.alias("predicted")), self.method, (), backend_of(data))
