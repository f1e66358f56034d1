"""Step 3, the recipe: what can be chosen, how the session's stands, and ranks while it is being changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from nqpf.studio.depends import EngineDep, SessionDep

router = APIRouter(tags=["recipe"])
OPTIONS, STEP = (f"nqpf.studio.views.{name}" for name in ("recipe_options", "recipe"))


class Rerank(BaseModel):
    """What is to be ranked.

    Attributes
    ----------
    recipe
        A recipe as it is written in a study, saved or not; default: the session's.
    weights
        Weights by node that take the place of the recipe's: all siblings together, any numbers from 0.
    period
        Year; default: the last.
    base
        Recipe that ranks are compared with; default: the session's.
    noise
        How weights near these are drawn for the intervals: ``{kind, width | concentration}``.
    """

    model_config = ConfigDict(extra="forbid")
    recipe: dict[str, Any] | None = None
    weights: dict[str, Annotated[FiniteFloat, Field(ge=0)]] | None = None
    period: int | None = None
    base: dict[str, Any] | None = None
    noise: dict[str, Any] | None = None


@router.get("/recipe/options")
async def options(engine: EngineDep) -> Response:
    """Return the steps of a recipe, the methods of each, their options, formulas and words, and the presets."""
    return await engine.answer(f"{OPTIONS}:options", None)


@router.get("/sessions/{id}/recipe/state")
async def state(session: SessionDep, engine: EngineDep) -> Response:
    """Return the tree, the years and the names that the step needs, or why nothing can be ranked yet."""
    return await engine.answer(f"{STEP}:state", session.folder)


@router.post("/sessions/{id}/recipe/rerank")
async def rerank(session: SessionDep, engine: EngineDep, asked: Rerank) -> Response:
    """Return the ranking of a year under a recipe: with intervals over weights nearby, and beside a base."""
    return await engine.answer(f"{STEP}:rerank", session.folder, newest=True, **asked.model_dump())
