"""Whose turn it is: the newest request of each page, and the pages one after the other.

A page waits with one request at most: a newer one takes its place in the line, and the older is told so. Who has been
served joins the end of the line, so that a page that asks without pause makes no other wait for more than one answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from compare.live.request import Request

MOST_WAITING = 64  # pages: the last of them waits for some six seconds


class OvertakenError(Exception):
    """A newer request of the same page has come."""


class UnansweredError(Exception):
    """There is no answer to a request now, though there may be later; it says why in a sentence."""


class Turns:
    """Requests in line for `simulate`, which has one at a time; of `most` pages at the same time.

    All of it happens in the one thread of an event loop.
    """

    def __init__(self, simulate: Callable[[Request], Awaitable[bytes]], *, most: int = MOST_WAITING) -> None:
        self.simulate, self.most = simulate, most
        self.waiting: dict[str, tuple[Request, asyncio.Future[bytes]]] = {}  # in the order in which they will be served
        self.running: Request | None = None
        self.server: asyncio.Task[None] | None = None

    async def answer(self, request: Request) -> bytes:
        """What `simulate` makes of the request when its turn has come, or raises.

        Raises OvertakenError where a newer one of that page comes before, UnansweredError where too many pages wait.
        """
        self.make_room(request)
        mine: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.waiting[request.client] = request, mine  # an older one's place stays its page's place
        if self.server is None or self.server.done():
            self.server = asyncio.create_task(self.serve())
        try:
            return await mine
        finally:
            if self.waiting.get(request.client, (None, None))[1] is mine:  # whoever asked has gone: the next moves up
                del self.waiting[request.client]

    def make_room(self, request: Request) -> None:
        """Sends away the older request of this page that waits. Raises what `answer` raises."""
        older = self.waiting.get(request.client)
        newest = older[0] if older else self.running
        if newest and newest.client == request.client and newest.number > request.number:
            raise OvertakenError(f"request {request.number} is older than {newest.number}, which has come already")
        if older:
            if not older[1].done():
                older[1].set_exception(OvertakenError(f"request {older[0].number} was overtaken by {request.number}"))
        elif len(self.waiting) >= self.most:
            raise UnansweredError(f"{self.most} pages are waiting for Brian2 already: ask again in a few seconds")

    async def serve(self) -> None:
        """Answers who waits, until nobody does."""
        while self.waiting:
            self.running, asked = self.waiting.pop(next(iter(self.waiting)))
            if asked.done():  # whoever asked has gone
                self.running = None
                continue
            try:
                answer = await self.simulate(self.running)
            except Exception as error:
                if not asked.done():
                    asked.set_exception(error)
            else:
                if not asked.done():
                    asked.set_result(answer)
            finally:
                if not asked.done():  # the server was cancelled
                    asked.set_exception(UnansweredError("the server is stopping: start it again"))
                self.running = None

    def close(self) -> None:
        """Sends everyone away."""
        for _, asked in self.waiting.values():
            if not asked.done():
                asked.set_exception(UnansweredError("the server is stopping: start it again"))
        self.waiting.clear()
        if self.server:
            self.server.cancel()
