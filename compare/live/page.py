"""The page as one HTML file that needs no other: its style, its scripts and what it was given stand in it.

A Content-Security-Policy lets nothing else run, by the SHA-256 of script and style, and lets the page talk to nobody,
or to its own server only.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from compare.live.payload import Payload

STYLE = "style.css"
#: in the order in which they need each other
SCRIPTS = (
    "random.js",
    "pcg64.js",
    "drawing.js",
    "distort.js",
    "learned.js",
    "networks.js",
    "mlp.js",
    "lif.js",
    "think.js",
    "state.js",
    "canvas.js",
    "columns.js",
    "plots.js",
    "membrane.js",
    "scatter.js",
    "fields.js",
    "pad.js",
    "clock.js",
    "knobs.js",
    "unit.js",
    "views.js",
    "brian.js",
    "save.js",
    "app.js",
)


def part(name: str) -> str:
    """The text of one of the page's files."""
    return files("compare.live").joinpath("page", name).read_text(encoding="utf-8")


def page_text(given: Payload, *, brian: bool) -> tuple[str, str]:
    """The HTML, and its Content-Security-Policy; with `brian`, the page asks the server that it came from."""
    style, script = part(STYLE), '"use strict";\n' + "\n".join(map(part, SCRIPTS))
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {source(script)}",
            f"style-src {source(style)}",
            "img-src data: blob:",
            f"connect-src {chr(39)}{'self' if brian else 'none'}{chr(39)}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = environment.from_string(part("page.html.j2")).render(
        style=style,
        script=script,
        policy=policy,
        header=given.header,
        packed=given.packed,
        mnist=given.mnist,
        brian=brian,
    )
    return text, policy + "; frame-ancestors 'none'"  # which means something in a header only


def source(text: str) -> str:
    """How a policy names a script or a style that stands in the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
