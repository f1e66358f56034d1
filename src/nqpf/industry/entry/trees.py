"""Boosted trees of scikit-learn, where it is installed: Friedman (2001), doi:10.1214/aos/1013203451."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees that have been grown, on one processor: they are shared out by `workers`, one model each."""

    model: Any

    @classmethod
    def grown(cls, x: Floats, y: NDArray[np.bool_], weight: Floats | None, seed: int) -> Trees:
        """Return histogram trees as scikit-learn sets them up, all rows in each round.

        Raises
        ------
        MethodError
            scikit-learn is missing.
        """
        try:
            from sklearn import ensemble  # type: ignore[import-untyped, import-not-found, unused-ignore]
        except ImportError:
            raise MethodError("entry_no_trees", package="scikit-learn", extra="learn") from None
        model = ensemble.HistGradientBoostingClassifier(early_stopping=False, random_state=seed)
        with _one_thread():
            return cls(model.fit(x, y, sample_weight=weight))

    def odds(self, x: Floats) -> Floats:
        """Return log odds ``float64[R]`` of rows ``float64[R, F]``."""
        with _one_thread():
            return np.asarray(self.model.decision_function(x), dtype=np.float64)


def _one_thread() -> Any:
    """Return a context without threads inside scikit-learn: where other work goes on, they wait for each other."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, import-not-found, unused-ignore]

    return threadpool_limits(limits=1, user_api="openmp")
