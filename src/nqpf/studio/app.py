"""The studio's application: its routes, what it says when something is refused, and the page's files."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

import nqpf
from nqpf.errors import NqpfError, listing
from nqpf.messages import catalogue
from nqpf.studio.disk import write_whole
from nqpf.studio.engine import Engine
from nqpf.studio.faults import Absent, Refused, StudioError
from nqpf.studio.routes import analyses, compare, data, framework, recipe, report, results, sessions
from nqpf.studio.store import Store
from nqpf.studio.wire import encode, fault

STEPS = (sessions, data, framework, recipe, analyses, results, compare, report)
"""Modules of routes, each with its ``router``."""

PAGE = Path(__file__).parent / "page"
LOG = logging.getLogger("nqpf.studio")


def create_app(store: Store, engine: Engine) -> FastAPI:
    """Return the application, without its guard (`nqpf.studio.guard`).

    Parameters
    ----------
    store
        The sessions.
    engine
        Is begun and ended with the application.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(store.sweep)
        engine.begin()
        try:
            yield
        finally:
            await run_in_threadpool(engine.end)

    app = FastAPI(
        title="nqpf studio",
        version=nqpf.__version__,
        summary="Sessions are study folders; every choice is an edit of study.yaml.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.store, app.state.engine = store, engine
    for step in STEPS:
        app.include_router(step.router, prefix="/api")
    _page(app, store, engine)
    _refusals(app)
    return app


def _page(app: FastAPI, store: Store, engine: Engine) -> None:
    """Serve the page: its files, its texts, and the chart script."""

    @app.get("/", include_in_schema=False)
    def index() -> FileResponse:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/words.json", include_in_schema=False)
    def words() -> Response:
        said = {key: text for key, text in catalogue().items() if key.startswith("studio.")}
        return Response(encode(said), media_type="application/json", headers={"Cache-Control": "no-cache"})

    @app.get("/vega.js", include_in_schema=False)
    async def vega() -> Response:
        kept = store.root / f".vega-{version('vl-convert-python')}.js"
        if not kept.is_file():
            script = await engine.ask("nqpf.studio.views.sessions:chart_script", None)
            await run_in_threadpool(write_whole, kept, script.encode())
        return FileResponse(kept, media_type="text/javascript", headers={"Cache-Control": "private, max-age=86400"})

    app.mount("/static", StaticFiles(directory=PAGE), name="static")


def _refusals(app: FastAPI) -> None:
    """Say every refusal in one form: ``{"error": {code, what, todo, where, place}}``."""

    @app.exception_handler(NqpfError)
    def refused_here(_: Request, error: NqpfError) -> Response:
        return refusal(fault(error), getattr(error, "status", 422))

    @app.exception_handler(Refused)
    def refused_there(_: Request, error: Refused) -> Response:
        return refusal(error.error, error.status)

    @app.exception_handler(RequestValidationError)
    def unreadable(_: Request, error: RequestValidationError) -> Response:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        return refusal(fault(StudioError("studio_bad_request", problem=listing(problems))), 422)

    @app.exception_handler(HTTPException)
    def no_such(_: Request, error: HTTPException) -> Response:
        if error.status_code in (404, 405):
            return refusal(fault(Absent("studio_no_page")), error.status_code)
        return refusal(fault(StudioError("studio_bad_request", problem=str(error.detail))), error.status_code)

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        LOG.error("%s %s", request.method, request.url.path, exc_info=error)
        problem = f"{type(error).__name__}: {error}"[:300]
        return refusal(fault(StudioError("studio_fault", problem=problem)), 500)


def refusal(error: dict[str, Any], status: int) -> Response:
    """Return the response that says an error."""
    return Response(encode({"error": error}), status, media_type="application/json")
