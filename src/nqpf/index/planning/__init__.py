"""Scores as planning offices give them: against targets, by places gained, by strength, efficiency and potential."""

from nqpf.index.planning.completion import completion
from nqpf.index.planning.grades import Grades, grades
from nqpf.index.planning.rank_step import rank_step
from nqpf.index.planning.triple import triple

__all__ = ["Grades", "completion", "grades", "rank_step", "triple"]
