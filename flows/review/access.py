"""Who may talk to the review server: the browser that was given its address, and that page alone.

The address holds a token, which is exchanged for a cookie that scripts cannot read and other sites cannot
send. A request that changes something also carries a second token, which only the page itself can read.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_BYTES = 32
"""256 random bits: cannot be guessed."""
WRITE_HEADER = "x-tuwen-write"
LARGEST_BODY = 1 << 20
"""Bytes of one request: the longest description is a small part of it."""
OPEN = "/open/"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# The page then goes on by itself: a cookie for this site alone is not sent along a way that began elsewhere.
_WELCOME = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>Tuwen</title>'
    '<link rel="icon" href="/icon.svg">'
)


class Access:
    """Lets through what comes from the page, and adds the headers that keep others out."""

    def __init__(self, app: ASGIApp, port: int, token: str | None = None) -> None:
        self._app = app
        self.token = token or secrets.token_urlsafe(TOKEN_BYTES)
        self._cookie = f"tuwen-review-{port}"  # cookies of all ports of a machine are in one jar
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    @property
    def write_token(self) -> str:
        """What a changing request carries in the header `WRITE_HEADER`."""
        return hmac.new(self.token.encode(), b"write", hashlib.sha256).hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, send_with_headers)

    def _answer(self, scope: Scope) -> Response | None:
        """The answer that needs no page, None where the page answers."""
        headers = Headers(scope=scope)
        method, path = scope["method"], scope["path"]
        if headers.get("host") not in self._hosts:
            return _refused("this server answers to 127.0.0.1 and localhost only")
        if method == "GET" and path.startswith(OPEN):
            return self._welcome(path.removeprefix(OPEN))
        if headers.get("origin", f"http://{headers['host']}") != f"http://{headers['host']}":
            return _refused("another page may not use this server")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _refused("another page may not use this server")
        if not self._has_cookie(headers.get("cookie", "")):
            return _refused("open the address that `tuwen review` printed")
        if method not in ("GET", "HEAD"):
            return self._refused_write(method, headers)
        return None

    def _welcome(self, token: str) -> Response:
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return _refused("this address is of another run; open the one that `tuwen review` printed last")
        response = HTMLResponse(_WELCOME)
        response.set_cookie(self._cookie, self.token, httponly=True, samesite="strict", path="/")
        return response

    def _has_cookie(self, header: str) -> bool:
        try:
            found = SimpleCookie(header).get(self._cookie)
        except CookieError:
            return False
        return found is not None and secrets.compare_digest(found.value.encode(), self.token.encode())

    def _refused_write(self, method: str, headers: Headers) -> Response | None:
        if method != "POST":
            return PlainTextResponse("not allowed", 405)
        given = headers.get(WRITE_HEADER, "")
        if "origin" not in headers or not secrets.compare_digest(given.encode(), self.write_token.encode()):
            return _refused("only the review page itself may write")
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return PlainTextResponse("too large", 413)
        return None


def _refused(why: str) -> Response:
    return PlainTextResponse(f"403: {why}\n", 403)
