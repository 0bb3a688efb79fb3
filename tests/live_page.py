"""The live page for its tests: networks taught quickly, the page opened, drawn on, and asked for its data."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from specimens import taught

from bio import simulate
from compare.live.networks import LiveNetwork, rounded, scored
from compare.live.page import page_text
from compare.live.payload import payload
from compare.live.request import HIDDEN, OFFERED
from compare.mapping import calibrate
from compare.pair import Pair, Twin
from data import Stroke, load_digits

PATIENCE = 180_000  # ms: a busy machine makes nothing false
NEAR = 3 / 255  # of the pad: the page leaves closer points out
EVERY = tuple((activation, hidden) for activation in OFFERED for hidden in HIDDEN)
Way = Sequence[tuple[int, int]]  # that the pen goes, in pixels of the pad


# --- What the page is made of


@cache
def page_network(activation: str, hidden: str) -> LiveNetwork:
    """A network that learned a little, its weights rounded as the page's are, scored on 300 test digits."""
    model = taught((784, *HIDDEN[hidden], 10), activation, digits=3_000, epochs=4)
    weights = tuple(scale * codes for scale, codes in map(rounded, model.weights))
    model = type(model)(weights, tuple(bias.astype(float) for bias in model.biases), activation)
    mapping = calibrate(model, load_digits("train").spread(1_000).images)
    twin = Twin(model, mapping, mapping.network(model), "threshold", "current", 0.1, mapping.dt, 0)
    some = load_digits("test").spread(300)
    return scored(Pair(twin, some, simulate(twin.network, twin.stimulus(some))))


def page_networks(names: Sequence[tuple[str, str]] = EVERY) -> dict[tuple[str, str], LiveNetwork]:
    """These networks, by name."""
    return {name: page_network(*name) for name in names}


def exported(folder: Path, names: Sequence[tuple[str, str]] = EVERY) -> str:
    """The address of the page with these networks in a file, as `analogy live --export` writes it."""
    file = folder / "page.html"
    html, _ = page_text(payload(page_networks(names)), brian=False)
    file.write_text(html, encoding="utf-8", newline="\n")
    return file.as_uri()


# --- The page in a browser


@contextmanager
def opened(browser: Any, address: str, *, expected: str = r"(?!)", **options: Any) -> Iterator[Any]:
    """The page at an address, in a context of its own with these options, once it has thought for the first time; with
    nothing that moves, which takes a core, where it is not asked for.

    What the browser complains of, and what the page asks of anyone but where it came from, fails the test at the end;
    complaints that match `expected` do not.
    """
    context = browser.new_context(**{"reduced_motion": "reduce", **options})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints: list[str] = []
    strangers: list[str] = []
    origin = "file:" if address.startswith("file:") else "{0.scheme}://{0.netloc}/".format(urlsplit(address))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    page.on(
        "request",
        lambda asked: asked.url.startswith((origin, "data:", "blob:")) or strangers.append(asked.url),
    )
    visit(page, address)
    yield page
    context.close()
    assert not strangers, strangers
    unexpected = [text for text in complaints if not re.search(expected, text)]
    assert not unexpected, unexpected


@contextmanager
def afresh(page: Any, address: str) -> Iterator[None]:
    """The address opened anew in a page that is open; what a test that fails leaves behind meets no other."""
    visit(page, address)
    try:
        yield
    finally:
        page.unroute_all()
        page.mouse.up()
        page.keyboard.up("Shift")


def visit(page: Any, address: str) -> None:
    """Opens the address afresh, and waits until the page has thought."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]")


def reopened(page: Any, state: str) -> None:
    """Another state in the address of an open page."""
    page.evaluate(
        """(state) => new Promise((done) => {
          if (location.hash.slice(1) === state) return done();
          addEventListener("hashchange", () => requestAnimationFrame(done), { once: true });
          location.hash = state;
        })""",
        state,
    )


def pad_at(page: Any) -> tuple[float, float, float]:
    """Left, top and side of the paper of the pad, in pixels of the window."""
    page.locator("#pad").scroll_into_view_if_needed()
    return tuple(
        page.evaluate(
            """() => {
              const pad = document.getElementById("pad"), { left, top } = pad.getBoundingClientRect();
              return [left + pad.clientLeft, top + pad.clientTop, pad.clientWidth];
            }"""
        )
    )


def draw(page: Any, paths: Sequence[Way]) -> list[Stroke]:
    """Draws by mouse, a stroke for each path, and returns what Python makes of that way with the page's usual pen."""
    left, top, side = pad_at(page)
    for path in paths:
        (x, y), *others = path
        page.mouse.move(left + x, top + y)
        page.mouse.down()
        for x, y in others:
            page.mouse.move(left + x, top + y)
        page.mouse.up()
    return [stroke_of(path, side) for path in paths]


def stroke_of(path: Way, side: float, *, width: float = 0.09) -> Stroke:
    """The stroke of a way over a pad of that side: whole 255ths, what is too near the last point left out."""
    points = [on_grid(np.divide(path[0], side))]
    for place in path[1:]:
        point = on_grid(np.divide(place, side))
        if np.hypot(*(point - points[-1])) >= NEAR:
            points.append(point)
    return Stroke(np.array(points), float(on_grid(np.array(width))))


def on_grid(values: np.ndarray) -> np.ndarray:
    """The nearest 255ths from 0 to 1, halves upwards."""
    return np.floor(np.clip(values, 0, 1) * 255 + 0.5) / 255


def way(*corners: tuple[int, int], step: int = 27) -> list[tuple[int, int]]:
    """A polyline through corners, in whole pixels at most some `step` apart: the page thinks and paints at each."""
    points = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        count = max(int(np.hypot(x1 - x0, y1 - y0) // step), 1)
        points += [(round(x0 + (x1 - x0) * k / count), round(y0 + (y1 - y0) * k / count)) for k in range(1, count + 1)]
    return points


SEVEN = [way((70, 60), (230, 60), (130, 260))]
FOUR = [way((110, 50), (70, 170), (240, 170)), way((200, 60), (190, 270))]


def said(page: Any) -> dict[str, str]:
    """What the address of the page tells, by name."""
    fields = parse_qs(page.evaluate("location.hash.slice(1)"), keep_blank_values=True, strict_parsing=True)
    return {name: value for name, (value,) in fields.items()}


def strokes_in(page: Any) -> list[Stroke]:
    """The drawing in the page's address: per stroke its width, two bytes of how many points, and x and y of each."""
    text = said(page)["drawing"]
    left = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    strokes = []
    while left:
        count = int.from_bytes(left[1:3], "big")
        points = np.frombuffer(left[3 : 3 + 2 * count], np.uint8).reshape(-1, 2) / 255
        strokes.append(Stroke(points, left[0] / 255))
        left = left[3 + 2 * count :]
    return strokes


def data_of(page: Any) -> dict[str, Any]:
    """What "Save the data" gives."""
    with page.expect_download() as awaited:
        page.locator("#save-data").click()
    assert awaited.value.suggested_filename == "two-networks.json"
    return json.loads(Path(awaited.value.path()).read_text(encoding="utf-8"))


def sentence_of(page: Any) -> str:
    """What the page says."""
    return page.locator("#sentence").inner_text()
