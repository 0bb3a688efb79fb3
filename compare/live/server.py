"""The server of the live page: the page, and what Brian2 makes of a drawing. No request names a file.

Who may ask, and what for, is `compare.live.guard`'s to say, and how a request is refused `compare.live.refusals`'.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Received
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from compare.live.guard import BODY_TIME, Guard, body_of, check_content, check_origin
from compare.live.refusals import HEADERS, failed, gone, refused
from compare.live.request import NotJSONError, Request, parsed
from compare.live.turns import MOST_WAITING, OvertakenError, Turns, UnansweredError

if TYPE_CHECKING:
    import uvicorn

MOST_CONNECTIONS = 512  # a browser opens up to six


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
            answer = await while_heard(received, turns.answer(request))
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


async def while_heard(received: Received, work: Awaitable[bytes]) -> bytes:
    """What the work comes to. Raises ClientDisconnect, and the work is called off, where whoever asked goes before; of
    itself nobody would hear of that."""
    asked, gone = asyncio.ensure_future(work), asyncio.ensure_future(received.receive())
    try:
        await asyncio.wait({asked, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            raise ClientDisconnect
        return asked.result()
    finally:
        asked.cancel()
        gone.cancel()


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


def serve(application: Starlette, listening: socket.socket) -> None:
    """Serves until Ctrl-C, which it raises as KeyboardInterrupt once all is put away.

    With a loop of selectors everywhere: Windows' own stops listening for good where a client breaks off while it is let
    in (cpython 93821).
    """
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(server(application).serve(sockets=[listening]))


def server(application: Starlette) -> uvicorn.Server:
    """The server, not yet begun."""
    import uvicorn

    from compare.live.watched import Watched

    options: dict[str, Any] = {"http": Watched, "loop": "asyncio", "ws": "none", "lifespan": "on"}
    config = uvicorn.Config(
        application,
        log_level="critical",  # what fails is logged by `failed`, and who is cut off by Ctrl-C need not be
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,
        **options,
    )
    return uvicorn.Server(config)
