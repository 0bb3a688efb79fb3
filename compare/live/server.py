"""The server of the live page: the page, what Brian2 makes of a drawing, and who may ask for either.

A page elsewhere in the browser must not reach it: not by a name that it makes lead here (the Host header is checked),
and not by sending forms or scripts (the Origin header is, and only JSON is taken). No request names a file.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Received
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from compare.live.address import is_address
from compare.live.request import NotJSONError, Request, parsed
from compare.live.turns import MOST_WAITING, OvertakenError, Turns, UnansweredError

MOST_BYTES = 64 * 1024  # of a request; 784 pixels are 16 KB at most
MOST_CONNECTIONS = 512  # a browser opens up to six
BODY_TIME = 10.0  # s, in which a request must have come whole
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": NOTHING,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # the link may hold a token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Simulator(Protocol):
    """What answers requests, such as `compare.live.brian.Brian`.

    version   of Brian2
    networks  there are, by activation and hidden layers
    """

    version: str

    @property
    def networks(self) -> Collection[tuple[str, str]]:
        """The names of the networks there are."""

    def start(self) -> None:
        """Begins to get ready."""

    def close(self) -> None:
        """Ends."""

    async def answer(self, request: Request) -> bytes:
        """The answer as JSON. Raises UnansweredError where there is none."""


def app(
    page: str,
    policy: str,
    simulator: Simulator,
    *,
    hosts: Collection[str],
    elsewhere: bool = False,
    token: str | None = None,
    most_waiting: int = MOST_WAITING,
    body_time: float = BODY_TIME,
) -> Starlette:
    """The server as an ASGI application.

    page          the HTML, and
    policy        its Content-Security-Policy
    hosts         what the Host header may be: names with the port, from `compare.live.address`
    elsewhere     whether it may also be any IP address, with any port
    token         what a link and each question to Brian2 must bring; None: nothing
    most_waiting  pages that may wait for Brian2 at the same time
    body_time     in which a request must have come whole, s
    """
    turns = Turns(simulator.answer, most=most_waiting)

    async def home(received: Received) -> Response:
        return HTMLResponse(page, headers=HEADERS | {"Content-Security-Policy": policy})

    async def health(received: Received) -> Response:
        return JSONResponse({"brian2": simulator.version}, headers=HEADERS)

    async def think(received: Received) -> Response:
        check_origin(received.headers)
        check_content(received.headers)
        request = request_of(await body_of(received, body_time), simulator)
        try:
            answer = await turns.answer(request)
        except OvertakenError as error:
            raise HTTPException(409, f"{error}: the newer one is answered") from None
        except UnansweredError as error:
            raise HTTPException(503, str(error)) from None
        return Response(answer, media_type="application/json", headers=HEADERS)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        simulator.start()
        yield
        turns.close()
        simulator.close()

    routes = [
        Route("/", home, methods=["GET"]),
        Route("/api/health", health, methods=["GET"]),
        Route("/api/think", think, methods=["POST"]),
    ]
    made = Starlette(
        routes=routes,
        lifespan=life,
        middleware=[Middleware(Guard, hosts=frozenset(hosts), elsewhere=elsewhere, token=token)],
        exception_handlers={HTTPException: refused, ClientDisconnect: gone, Exception: failed},
    )
    made.router.redirect_slashes = False
    return made


# --- Who may ask


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
    return HTTPException(413, f"the body is longer than {MOST_BYTES // 1024} KiB: send one request", CLOSE)


CLOSE = {"Connection": "close"}  # or the rest of the body would have to be read


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
        raise HTTPException(408, f"the body did not come within {limit:g} s: send it at once", CLOSE) from None
    return bytes(body)


def request_of(body: bytes, simulator: Simulator) -> Request:
    """The request in a body. Raises HTTPException where there is none that could be answered."""
    try:
        request = parsed(body)
    except NotJSONError as error:
        raise HTTPException(400, str(error)) from None
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
    if (request.activation, request.hidden) not in simulator.networks:
        there = "; ".join(" ".join(name) for name in simulator.networks)
        raise HTTPException(422, f"there is no {request.activation} network {request.hidden}: choose from {there}")
    return request


# --- How it says no

SENTENCES = {
    404: "there is nothing here: the page is at /",
    405: "this address does not take that method: the page is read by GET, and POST asks Brian2",
}


def answered(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """A refusal, as JSON."""
    return JSONResponse({"error": sentence}, status, HEADERS | (headers or {}))


async def refused(received: Received, error: Exception) -> Response:
    """An HTTPException, as JSON."""
    assert isinstance(error, HTTPException)
    return answered(error.status_code, SENTENCES.get(error.status_code, error.detail), dict(error.headers or {}))


async def gone(received: Received, error: Exception) -> Response:
    """For whom has hung up, and will not read it."""
    return answered(400, "the request ended before it was whole: send it again")


async def failed(received: Received, error: Exception) -> Response:
    """For what nobody foresaw."""
    logging.getLogger(__name__).error("a request to the live page failed", exc_info=error)
    return answered(500, "something went wrong here: the terminal of the server says what")


# --- Until it is stopped


def serve(application: Starlette, listening: socket.socket) -> None:
    """Serves until Ctrl-C, which it raises as KeyboardInterrupt once all is put away."""
    import uvicorn

    options: dict[str, Any] = {"http": "h11", "loop": "asyncio", "ws": "none", "lifespan": "on"}
    config = uvicorn.Config(
        application,
        log_level="critical",  # what fails is logged above, and who is cut off by Ctrl-C need not be
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,
        **options,
    )
    uvicorn.Server(config).run(sockets=[listening])
