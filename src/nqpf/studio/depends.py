"""What routes are given: the store, the engine, and the session that the path names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from nqpf.studio.engine import Engine
from nqpf.studio.session import Session
from nqpf.studio.store import Store


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


StoreDep = Annotated[Store, Depends(_store)]
"""The folder of all sessions."""

EngineDep = Annotated[Engine, Depends(_engine)]
"""What runs views: `ask` for an answer at once, `start` for a job."""


def _session(id: str, store: StoreDep) -> Session:
    return store.open(id)


SessionDep = Annotated[Session, Depends(_session)]
"""The session of ``{id}`` in the path; 404 where there is none."""
