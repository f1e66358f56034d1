"""The envelope of observations as rows of a linear program: what every measure starts from.

Rows are inputs, good outputs, bad outputs and, unless returns are constant, one for Σλ:
Xλ + s = x, Yλ − s = y, Bλ (± s) = b, Σλ (± s) = 1. `disposability.py` has the technologies that need more than these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.errors import SpecError, Where
from nqpf.numerics.programs import Programs, Solved
from nqpf.productivity.frontier.disposability import rows_of
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.technology import Floats, Integers, Technology


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """Rows of the programs of U observations against n reference observations.

    Attributes
    ----------
    columns
        ``float64[m, n or 2 n]`` reference quantities and the row of Σλ; n + j, where there is one, is observation j in
        its second role (abated, or in the technology of residuals).
    slacks
        ``float64[m, q]`` a column ±1 for every row that need not hold with equality.
    slack_rows
        ``int[q]`` row of each slack.
    fixed
        ``float64[U or 1, m, k]`` columns of an observation's own besides (the abatement factor), mostly k = 0.
    moves
        ``float64[m, I + O + B]`` what a unit of each quantity adds to the right-hand side; the first I + O + B rows are
        those of the quantities themselves.
    rhs
        ``float64[U, m]`` the observations' own quantities.
    own, barred
        As in `nqpf.numerics.programs.Programs`.
    sizes
        Number of inputs, good outputs, bad outputs.
    n
        Number of reference observations.
    scaled
        Whether the last row is one of Σλ.
    """

    columns: Floats
    slacks: Floats
    slack_rows: Integers
    fixed: Floats
    moves: Floats
    rhs: Floats
    own: Integers
    barred: Integers | None
    sizes: tuple[int, int, int]
    n: int
    scaled: bool

    @classmethod
    def of(
        cls,
        technology: Technology,
        reference: Quantities,
        at: Quantities,
        own: Integers | None = None,
        *,
        leave_out: bool = False,
    ) -> Envelope:
        """Return the rows for observations `at`.

        Parameters
        ----------
        technology
            Returns to scale and disposability; whose observations are `reference` is decided by the caller.
        reference, at
            Quantities of n and U observations.
        own
            ``int[U]`` position of each observation among the reference, −1 where it is not there. None: nowhere.
        leave_out
            The observation itself may not be its own reference (super-efficiency).

        Raises
        ------
        SpecError
            `leave_out` with a technology in which observations have two roles.
        """
        rows = rows_of(technology, reference, at)
        if leave_out and rows.columns.shape[1] > len(reference):
            raise SpecError("leave_out_two_roles", where=Where(key="disposability"), value=technology.disposability)
        free = np.flatnonzero(rows.signs)
        slacks = np.zeros((rows.signs.size, free.size))
        slacks[free, np.arange(free.size)] = rows.signs[free]
        start = np.full(len(at), -1, np.intp) if own is None else own
        return cls(
            columns=np.ascontiguousarray(rows.columns),
            slacks=slacks,
            slack_rows=free,
            fixed=rows.fixed,
            moves=rows.moves,
            rhs=at.all @ rows.moves.T + rows.constant,
            own=start,
            barred=start if leave_out else None,
            sizes=(reference.x.shape[1], reference.y.shape[1], reference.b.shape[1]),
            n=len(reference),
            scaled=technology.rts != "crs",
        )

    def along(self, direction: Floats) -> Programs:
        """Return the programs max β with quantities moved by β·direction (β of either sign).

        Parameters
        ----------
        direction
            ``float64[U or 1, I + O + B]`` change of the quantities for β = 1, e.g. (−x, 0, 0) or (0, y, −b).

        Notes
        -----
        The own numbers of a program are β⁺, β⁻, the slacks and `fixed`, in this order.
        """
        step = self.steps(direction)[:, :, None]
        extra = self.beside(np.concatenate([step, -step], axis=2))
        cost = np.zeros((1, extra.shape[2]))
        cost[0, :2] = 1.0, -1.0
        return Programs(self.columns, extra, self.rhs, cost, self.own, self.barred)

    def steps(self, direction: Floats) -> Floats:
        """Return the column ``float64[U or 1, m]`` of a number by which the quantities move in a direction.

        Raises
        ------
        SpecError
            A quantity moves that the technology cannot move linearly: inputs under a common abatement factor.
        """
        if ((self.moves == 0).all(axis=0) & (direction != 0).any(axis=0)).any():
            raise SpecError("abatement_inputs", where=Where(key="disposability"))
        return -direction @ self.moves.T

    def beside(self, own: Floats) -> Floats:
        """Return columns ``float64[U or 1, m, p]`` of a measure with the slacks and `fixed` beside them."""
        units = max(len(own), len(self.fixed))
        parts = (own, self.slacks[None], self.fixed)
        return np.concatenate([np.broadcast_to(part, (units, *part.shape[1:])) for part in parts], axis=2)

    def at(self, quantities: Floats) -> Floats:
        """Return the right-hand side ``float64[U, m]`` of other quantities ``float64[U, I + O + B]``."""
        k = quantities.shape[1]
        return self.rhs + (quantities - self.rhs[:, :k]) @ self.moves.T

    def peers(self, solved: Solved, by: Floats | None = None) -> tuple[Integers, Integers, Floats]:
        """Return (observation, reference observation, λ) of λ > 0, the two roles of an observation added.

        Parameters
        ----------
        solved
            A solution of programs on these columns.
        by
            ``float64[U]`` what the λ are divided by, where they were solved for in another scale.
        """
        unit, column, value = solved.intensities(self.columns.shape[1])
        place, where = np.unique(unit * self.n + column % self.n, return_inverse=True)
        total: Floats = np.bincount(where, value if by is None else value / by[unit], minlength=place.size).astype(
            float
        )
        return place // self.n, place % self.n, total

    def prices(self, dual: Floats) -> Floats:
        """Return prices ``float64[U, I + O + B]`` : those of the rows, with costs and values above 0."""
        i, o, b = self.sizes
        signs: Floats = np.repeat([1.0, -1.0, 1.0], [i, o, b])
        prices: Floats = dual[:, : len(self.moves)] @ self.moves * signs
        return prices

    def scale_price(self, dual: Floats) -> Floats:
        """Return the price ``float64[U]`` of the last row Σλ, 0 where there is none."""
        return dual[:, len(self.moves) - 1] if self.scaled else np.zeros(len(dual))
