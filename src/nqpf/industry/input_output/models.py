"""The two classic models: final demand pulls quantities (Leontief 1936), primary inputs push values (Ghosh 1958).

The model of Ghosh is read as one of prices or of distribution: Oosterhaven (1988) shows that as a model of quantities
it lets output grow without inputs. Nothing here calls its numbers effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.industry.input_output.inverse import inverse
from nqpf.industry.input_output.results import BySector
from nqpf.industry.input_output.table import Floats, IOTable
from nqpf.industry.options import names_of
from nqpf.results import Method, Note

Closed = tuple[Sequence[str], Sequence[str]]
"""Primary inputs that are income of households, and final categories that are their consumption."""


@dataclass(frozen=True, slots=True, eq=False)
class Leontief(BySector):
    """The quantity model x = A x + y.

    Attributes
    ----------
    frame
        Keys, output, final (final use in all), input_share (column sum of A), multiplier (column sum of L), own (L_jj).
    a, l
        ``float64[n, n]`` input coefficients and their Leontief inverse; of a closed model those n rows and columns of
        the larger matrix that are sectors.
    coefficients, inverse
        The same as tables: keys of the supplier, a column for each user.
    """

    a: Floats
    l: Floats  # noqa: E741
    table: IOTable

    @property
    def coefficients(self) -> pl.DataFrame:
        """Input coefficients as a table."""
        return self.table.matrix(self.a)

    @property
    def inverse(self) -> pl.DataFrame:
        """The Leontief inverse as a table."""
        return self.table.matrix(self.l)


@dataclass(frozen=True, slots=True, eq=False)
class Ghosh(BySector):
    """The supply-side model x' = x' B + v'.

    Attributes
    ----------
    frame
        Keys, output, primary (output less inputs of domestic origin), output_share (row sum of B), multiplier (row sum
        of G), own (G_ii).
    b, g
        ``float64[n, n]`` output coefficients and their Ghosh inverse.
    """

    b: Floats
    g: Floats
    table: IOTable

    @property
    def coefficients(self) -> pl.DataFrame:
        """Output coefficients as a table."""
        return self.table.matrix(self.b)

    @property
    def inverse(self) -> pl.DataFrame:
        """The Ghosh inverse as a table."""
        return self.table.matrix(self.g)


def leontief(table: IOTable, *, closed: Closed | None = None) -> Leontief:
    """Solve the quantity model.

    Parameters
    ----------
    table
        The table.
    closed
        None: the open model (type I). A pair of lists of names: primary inputs that are households' income and final
        categories that are their consumption; households then stand as one more sector (type II), and multipliers
        hold what is induced by the spending of what is earned.

    Returns
    -------
    Leontief
        A, L and the output multipliers.

    Raises
    ------
    MethodError
        ``leontief_singular``, naming the sectors; no income to close the model with.
    DataError
        The table has no such primary input or final category.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., sections 2.2 and 2.5, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> table = IOTable.of([[150, 500], [200, 100]], [350, 1700], sectors=["a", "b"])
    >>> leontief(table).l.round(4).tolist()
    [[1.2541, 0.33], [0.264, 1.1221]]
    """
    a, found = table.coefficients, table.inverse if closed is None else closed_inverse(table, closed)[:-1, :-1]
    frame = table.keys.with_columns(
        pl.Series("output", table.output),
        pl.Series("final", table.final.sum(axis=1)),
        pl.Series("input_share", a.sum(axis=0)),
        pl.Series("multiplier", found.sum(axis=0)),
        pl.Series("own", np.diag(found)),
    )
    options = {"closed": None if closed is None else [list(part) for part in closed]}
    notes = [n for n in table.notes if n.code == "io_competitive"]
    return Leontief(frame, Method("industry.leontief", options), tuple(notes), a, found, table)


def ghosh(table: IOTable) -> Ghosh:
    """Solve the supply-side model.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    Ghosh
        B, G and the input multipliers; B = x̂⁻¹ A x̂ and G = x̂⁻¹ L x̂.

    Raises
    ------
    MethodError
        ``leontief_singular``, naming the sectors.

    References
    ----------
    Ghosh (1958), Input-output approach in an allocation system, Economica 25(97), 58–64, doi:10.2307/2550694.
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., section 12.1, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> table = IOTable.of([[150, 500], [200, 100]], [350, 1700], sectors=["a", "b"])
    >>> ghosh(table).b.tolist()
    [[0.15, 0.5], [0.1, 0.05]]
    """
    b, g = table.allocation, table.ghosh_inverse
    frame = table.keys.with_columns(
        pl.Series("output", table.output),
        pl.Series("primary", table.output - table.flows.sum(axis=0)),
        pl.Series("output_share", b.sum(axis=1)),
        pl.Series("multiplier", g.sum(axis=1)),
        pl.Series("own", np.diag(g)),
    )
    return Ghosh(frame, Method("industry.ghosh"), (Note("ghosh_reading", "info"),), b, g, table)


def closed_inverse(table: IOTable, closed: Closed) -> Floats:
    """Return the inverse of the model closed for households, ``float64[n + 1, n + 1]``, households last.

    Income of households is what all sectors pay them; the column is their consumption per unit of it.
    """
    if not isinstance(closed, Sequence) or isinstance(closed, str) or len(closed) != 2:
        raise SpecError("io_closed", where=Where(key="closed"), value=str(closed))
    income, consumption = (names_of("closed", part) for part in closed)
    if table.added is None:
        raise DataError("io_no_primary")
    earned = table.added[_places("added", income, table.addeds)].sum(axis=0)
    spent = table.final[:, _places("finals", consumption, table.finals)].sum(axis=1)
    if earned.sum() <= 0:
        raise MethodError("io_no_income", name=", ".join(income), value=float(earned.sum()))
    n = len(earned)
    larger = np.zeros((n + 1, n + 1))
    larger[:n, :n] = table.coefficients
    larger[:n, n] = spent / earned.sum()
    larger[n, :n] = np.divide(earned, table.output, out=np.zeros(n), where=table.output > 0)
    return inverse(larger, (*table.labels, ", ".join(income)))


def _places(what: str, names: Sequence[str], known: Sequence[str]) -> list[int]:
    """Return where names stand; of a world table the category of every region is meant by its own name."""
    found = []
    for name in names:
        at = [i for i, k in enumerate(known) if name in (k, k.rpartition("|")[2])]
        if not at:
            raise DataError("io_category", what=what, name=name, options=listing(known, 20), hint=hint(name, known))
        found += at
    return found
