"""How the live page's server says no: in JSON, one sentence that names the remedy, with the headers of every answer."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request as Received
from starlette.responses import JSONResponse, Response

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
