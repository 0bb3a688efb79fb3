"""Connections on which nothing moves are closed: by itself, uvicorn waits for ever for the head of a request, and for
whoever does not read an answer."""

from __future__ import annotations

import asyncio
import sys
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol

STILL = 15.0  # s, after which what has not moved is closed
#: connections: on Windows select takes 512 sockets, or the loop ends
MOST = 400.0 if sys.platform == "win32" else float("inf")


class Watched(H11Protocol):
    """uvicorn's HTTP/1.1, which closes a connection that owes a request's head, or leaves what was sent unread, and on
    which nothing has moved from one look to the next."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to look."""
        super().connection_made(transport)
        self.answered = 0
        if len(self.connections) > MOST:
            transport.abort()
        self.seen = (0, 0)
        self.next_look = self.loop.call_later(STILL, self.look)

    def on_response_complete(self) -> None:
        """Counts it."""
        self.answered += 1
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Looks no more."""
        self.next_look.cancel()
        super().connection_lost(exc)

    def look(self) -> None:
        """Closes the connection, or looks again later."""
        unread = cast(asyncio.WriteTransport, self.transport).get_write_buffer_size()
        owing = self.cycle is None or self.cycle.response_complete or unread > 0
        if owing and self.seen == (self.answered, unread):
            self.transport.abort()  # to close it, it would have to be read
            return
        self.seen = (self.answered, unread)
        self.next_look = self.loop.call_later(STILL, self.look)
