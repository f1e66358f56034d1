"""Which models admit zeros and negative numbers, and which do not: asked before anything is solved.

What a model contracts or expands in proportion must not be negative and not be zero throughout. What it holds may have
any sign under variable returns, because a frontier of mixtures that sum to 1 moves with the data (Ali and Seiford 1990,
doi:10.1016/0167-6377(90)90061-9; Pastor 1996, Annals of Operations Research 66, 93–102); under all other returns to
scale observations are scaled, and no quantity may be negative.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nqpf.errors import MethodError, listing
from nqpf.messages import say
from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.technology import Floats

Sign = Literal["any", "nonnegative", "positive"]
KINDS = ("x", "y", "b")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a model asks of its data.

    Attributes
    ----------
    x, y, b
        Sign that every input, good output and bad output must have.
    some
        Of which of these, ``x``, ``y`` or ``b``, every observation must have one above zero.
    """

    x: Sign = "any"
    y: Sign = "any"
    b: Sign = "any"
    some: str = ""

    def wrong(self, observed: Observed) -> Bools:
        """Return which cells ``bool[R, I + O + B]`` of complete rows do not have the sign asked for."""
        parts = []
        for kind in KINDS:
            values, sign = getattr(observed.quantities, kind), getattr(self, kind)
            parts.append(np.zeros(values.shape, bool) if sign == "any" else _below(values, sign))
        return np.hstack(parts) & observed.complete[:, None]

    def without(self, observed: Observed, kind: str) -> Bools:
        """Return which complete rows have nothing above zero of a kind of quantity."""
        values: Floats = getattr(observed.quantities, kind)
        return ~(values > 0).any(axis=1) & observed.complete

    def met(self, observed: Observed) -> bool:
        """Return whether the data have what is asked of them."""
        return not self.wrong(observed).any() and not any(self.without(observed, kind).any() for kind in self.some)


def _below(values: Floats, sign: Sign) -> Bools:
    return values < 0 if sign == "nonnegative" else values <= 0


def admit(observed: Observed, needs: Needs, model: str, others: Iterable[tuple[str, Needs]]) -> None:
    """Raise a MethodError that names the first cell a model does not admit, and models that would do.

    Parameters
    ----------
    observed
        The observations.
    needs
        What the model asks.
    model
        The model in words of the function's options.
    others
        Other models in the same words, and what they ask.
    """
    if needs.met(observed):
        return
    would = [name for name, asked in others if asked.met(observed)]
    would_do = listing(would, 10) if would else say("frontier.no_model")
    wrong = needs.wrong(observed)
    columns = [c for part in observed.names for c in part]
    kinds = np.repeat(KINDS, [len(part) for part in observed.names])
    if wrong.any():
        row, k = (int(i[0]) for i in np.nonzero(wrong))
        raise MethodError(
            "frontier_sign_zero" if getattr(needs, kinds[k]) == "positive" else "frontier_sign",
            where=observed.where(row, columns[k]),
            value=float(observed.quantities.all[row, k]),
            count=int(wrong.sum()),
            model=model,
            models=would_do,
        )
    for kind in needs.some:
        empty = needs.without(observed, kind)
        if empty.any():
            row = int(np.flatnonzero(empty)[0])
            of = observed.names[KINDS.index(kind)]
            raise MethodError(
                "frontier_nothing",
                where=observed.where(row),
                columns=listing(of),
                count=int(empty.sum()),
                model=model,
                models=would_do,
            )
