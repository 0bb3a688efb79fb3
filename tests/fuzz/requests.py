"""Bodies and envelopes of requests to the live page's server, with the means of its own tests."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import test_live_server as live


def body_seeds() -> list[bytes]:
    return [live.body(), live.body(hidden="100", activation="sigmoid", input="poisson", silenced=[[3]])]


def read_body(path: Path) -> None:
    """An answer, or a refusal that is a sentence."""
    live.check(*asyncio.run(live.raw("POST", "/api/think", live.PLAIN, path.read_bytes())))


def envelope_seeds() -> list[bytes]:
    """Method, path, headers, query and content."""
    plain = [[name.decode(), value.decode()] for name, value in live.PLAIN]
    odd = [["origin", "http://127.0.0.1:8000"], ["content-length", "3"], ["x-token", "a"], ["sec-fetch-site", "none"]]
    envelopes = (
        ["POST", "/api/think", plain, "", "{}"],
        ["GET", "/", plain, "token=a", ""],
        ["GET", "/api/health", plain + odd, "", ""],
        ["POST", "/api/think", plain + odd, "", "{}"],
    )
    return [json.dumps(envelope).encode() for envelope in envelopes]


def read_envelope(path: Path) -> None:
    """The same of a request of any shape that a server could hand on."""
    try:
        method, place, headers, query, content = json.loads(path.read_bytes())
        own = [(latin(name).lower(), latin(value)) for name, value in headers]
    except (ValueError, TypeError, RecursionError):
        return
    live.check(*asyncio.run(live.raw(text(method), text(place), own, latin(content), query=latin(query))))


def text(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()


def latin(value: Any) -> bytes:
    return str(value).encode("latin-1", "replace")
