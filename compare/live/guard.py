"""Who may ask the live page's server, and what a request must be like before it is read.

A page elsewhere in the browser must not reach it: not by a name that it makes lead here (the Host header is checked),
and not by sending forms or scripts (the Origin header is, and only JSON is taken).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection

from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request as Received
from starlette.types import ASGIApp, Receive, Scope, Send

from compare.live.address import is_address
from compare.live.refusals import answered

MOST_BYTES = 64 * 1024  # of a request; 784 pixels are 16 KB at most
BODY_TIME = 10.0  # s, in which a request must have come whole
HANG_UP = {"Connection": "close"}  # or the rest of the body would have to be read


class Guard:
    """Lets through what names this server, and brings the token where there is one."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], elsewhere: bool, token: str | None) -> None:
        self.app, self.hosts, self.elsewhere, self.token = app, hosts, elsewhere, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on, or answers 400 or 403."""
        if scope["type"] == "http":
            complaint = self.complaint(scope)
            if complaint is not None:
                await answered(*complaint)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def complaint(self, scope: Scope) -> tuple[int, str] | None:
        """Why a request is refused, if it is."""
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        if len(named) != 1 or not self.is_here(named[0].lower()):
            return 400, f"this server is {', '.join(sorted(self.hosts))}: use the link that it printed"
        if self.token is not None:
            asked = QueryParams(scope["query_string"]).get("token", "") if scope["path"] == "/" else ""
            brought = headers.get("x-token", "") or asked
            if not secrets.compare_digest(brought.encode("utf-8", "replace"), self.token.encode()):
                return 403, "the token is missing or wrong: use the link that the server printed"
        return None

    def is_here(self, host: str) -> bool:
        """Whether a Host header means this server."""
        if host in self.hosts:
            return True
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        return self.elsewhere and is_address(name.strip("[]"))


def check_origin(headers: Headers) -> None:
    """Raises HTTPException for what a page of another origin sends. What is no browser tells no origin."""
    origins, site = headers.getlist("origin"), headers.get("sec-fetch-site", "same-origin")
    here = f"http://{headers['host']}".lower()
    if any(origin.lower() != here for origin in origins) or site not in ("same-origin", "none"):
        raise HTTPException(403, "another page sent this: ask from the page of this server")


def check_content(headers: Headers) -> None:
    """Raises HTTPException for what says that it is no JSON, or too long."""
    kind, _, rest = headers.get("content-type", "").partition(";")
    charset = rest.lower().replace(" ", "").replace('"', "")
    encoding = headers.get("content-encoding", "identity").lower()
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8") or encoding != "identity":
        raise HTTPException(415, "the body must be plain JSON: send it with Content-Type: application/json")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()):
        raise HTTPException(400, "Content-Length is no number: send the number of bytes")
    if len(length) > 10 or int(length) > MOST_BYTES:
        raise too_long()


def too_long() -> HTTPException:
    """What says that a body is too long."""
    return HTTPException(413, f"the body is longer than {MOST_BYTES // 1024} KiB: send one request", HANG_UP)


async def body_of(received: Received, limit: float) -> bytes:
    """The body. Raises HTTPException where it is too long, or not there within `limit` (s)."""
    body = bytearray()
    try:
        async with asyncio.timeout(limit):
            async for chunk in received.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise too_long()
    except TimeoutError:
        raise HTTPException(408, f"the body did not come within {limit:g} s: send it at once", HANG_UP) from None
    return bytes(body)
