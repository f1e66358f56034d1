"""Who is let in: only this computer's own page, with the token of this start, and with no more than is taken.

The server listens on 127.0.0.1, yet every web site that is open in the same browser can send requests there. So the
``Host`` must be ours (a foreign name that resolves to this computer is refused), every request carries the cookie that
only the printed address gives, and what changes something must come from our own page.
"""

from __future__ import annotations

import html
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nqpf.messages import LANGUAGES
from nqpf.studio.faults import Forbidden, StudioError, TooLarge
from nqpf.studio.wire import encode, fault

MB = 1 << 20
UPLOAD, BODY, DRAINED = 100 * MB, 20 * MB, 1024 * MB
"""Bytes of a request with files, of any other, and bytes read for nothing so that a refusal can be heard."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DRESS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer: nothing is loaded from elsewhere, nothing is shown or read elsewhere."""

HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark"><title>nqpf studio</title><style>'
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem}h1{font-size:1.3rem}"
    "</style>"
)
SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """The application behind its guard.

    Parameters
    ----------
    app
        The application.
    token
        Secret of this start.
    port
        Port it is reached at.
    upload
        Bytes of files taken in one request.
    """

    def __init__(self, app: ASGIApp, token: str, port: int, upload: int = UPLOAD) -> None:
        self._app, self._token, self._upload = app, token, upload
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._cookie = f"nqpf_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return None
        api = scope["path"].startswith("/api")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in DRESS.items():
                    headers.setdefault(name, value)  # a report that is looked at in a frame has a policy of its own
                if api or "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store" if api else "no-cache"
            await send(message)

        answer = self._answer(scope, Headers(scope=scope), api)
        if answer is None:
            return await self._metered(scope, receive, dressed)
        await _drain(receive)
        return await answer(scope, receive, dressed)

    def _answer(self, scope: Scope, headers: Headers, api: bool) -> Response | None:
        """Return the guard's own answer; None where a request is let through."""
        if headers.get("host", "").lower() not in self._hosts:
            return _refused(Forbidden("studio_foreign_host"), api)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if scope["path"] == "/" and given and self._is_ours(given[0]):
            home = RedirectResponse("/", 303)
            home.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            return home
        if not self._is_ours(_cookie(headers, self._cookie)):
            return _refused(Forbidden("studio_no_token"), api)
        if scope["method"] not in SAFE and not self._from_our_page(headers):
            return _refused(Forbidden("studio_foreign_page"), api)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._limit(scope):
            return _refused(self._too_large(scope), True)
        return None

    def _is_ours(self, token: str) -> bool:
        return secrets.compare_digest(token.encode("utf-8", "replace"), self._token.encode())

    def _from_our_page(self, headers: Headers) -> bool:
        """Say whether a browser tells nothing else; what is no browser has the cookie, and that is enough."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        return (origin is None or origin.removeprefix("http://") in self._hosts) and site in (None, "same-origin")

    def _limit(self, scope: Scope) -> int:
        return self._upload + MB if scope["path"].endswith("/files") else BODY

    def _too_large(self, scope: Scope) -> TooLarge:
        most = self._upload if scope["path"].endswith("/files") else BODY
        return TooLarge("studio_too_large", limit=round(most / MB))

    async def _metered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and count what it is sent: a length that was not stated is limited all the same."""
        limit, got, over = self._limit(scope), 0, False

        async def counted() -> Message:
            nonlocal got, over
            message = await receive()
            got += len(message.get("body", b""))
            over = over or got > limit
            return {"type": "http.disconnect"} if over else message

        async def unless_over(message: Message) -> None:
            if not over:
                await send(message)

        await self._app(scope, counted, unless_over)
        if over:
            await _drain(receive)
            await _refused(self._too_large(scope), True)(scope, receive, send)


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


async def _drain(receive: Receive) -> None:
    """Read what is still being sent: a browser that is cut off shows no reason, one that is answered does."""
    got = 0
    while got < DRAINED:
        message = await receive()
        got += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


def _refused(error: StudioError, api: bool) -> Response:
    """Return a refusal: to the page as data, to a person as a plain page in both languages."""
    if api:
        return Response(encode({"error": fault(error)}), error.status, media_type="application/json")
    parts = [
        f'<section lang="{lang}"><h1>{html.escape(what)}</h1><p>{html.escape(todo)}</p></section>'
        for lang, what, todo in ((lang, error.what[lang], error.todo[lang]) for lang in LANGUAGES)
    ]
    page = f'<!doctype html><html lang="zh-CN"><head>{HEAD}</head><body>{"".join(parts)}</body></html>'
    return HTMLResponse(page, error.status)
