"""How long the live page takes from the lifted pen to its own sentence, and to Brian2's, and whether memory stays flat.

    python benchmarks/live_latency.py [--drawings 50] [--browsers 1,4,8] [--memory 1000] [--seed 0]

Starts `analogy live` and Chromium, and draws the drawings of tests/drawings.py by mouse. Times run from the pointer
event of the lifted pen, as the browser stamped it, to the second animation frame after the words have changed, by when
they are painted. With several browsers, all pens are lifted at once. Needs the extra `dev`, and Chromium on the PATH.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from usage import family, resident_megabytes

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from drawings import drawings

HIDDEN = ("16-16", "100")
INPUTS = ("current", "lif", "poisson")
NEAR = 0.03  # of the pad: a hand that draws in a third of a second is seen about so often
HASTY = 0.15  # the same of one in a hurry, where only the number of drawings counts
PAGE_BAR, BRIAN_BAR = 50, 500  # ms, for one browser
PATIENCE = 60_000  # ms
SAMPLES = 10  # of memory
WATCH = """() => {
  const brian = document.getElementById("brian");
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  window.timed = {};
  addEventListener("pointerup", ({ timeStamp }) => {
    const one = (window.timed = { began: timeStamp });
    painted(() => (one.page = performance.now() - one.began));
  }, true);
  new MutationObserver(() => {
    const [one, { kind }] = [window.timed, brian.dataset];
    if (!["agrees", "differs"].includes(kind)) return;
    one.kind = kind;
    painted(() => (one.brian ??= performance.now() - one.began));
  }).observe(brian, { attributes: true, attributeFilter: ["data-kind"] });
}"""
Way = Sequence[tuple[float, float]]  # of the pen, in fractions of the pad


def main() -> None:
    """Prints a line for each network and input, one for each number of browsers, and a table of memory."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--drawings", type=int, default=50, metavar="N")
    parser.add_argument("--browsers", default="1,4,8", metavar="N,N…")
    parser.add_argument("--memory", type=int, default=1000, metavar="N", help="drawings; 0 leaves this out")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    made = [strokes for _, _, strokes in drawings(options.seed)]
    every = [thinned(strokes, NEAR) for strokes in made]
    some = [every[k] for k in np.linspace(0, len(every) - 1, options.drawings).astype(int)]
    with live(options.seed) as (server, address), chromium() as browser:
        for hidden in HIDDEN:
            for kind in INPUTS:
                report(f"{hidden:5} {kind:7}", timed(browser, f"{address}#hidden={hidden}&input={kind}", some, 1))
        for count in map(int, filter(None, options.browsers.split(","))):
            report(f"{count} at once", timed(browser, f"{address}#hidden=100", some, count))
        if options.memory:
            hasty = [thinned(strokes, HASTY) for strokes in made]
            memory(browser, f"{address}#hidden=100", hasty, options.memory, server)


def thinned(strokes: Sequence[Any], near: float) -> list[Way]:
    """The strokes of a drawing as ways of the mouse, with a point about every `near` of the pad."""
    paths: list[Way] = []
    for stroke in strokes:
        kept = [stroke.points[0]]
        kept += [point for point in stroke.points[1:] if np.hypot(*(point - kept[-1])) >= near]
        paths.append([(float(x), float(y)) for x, y in (*kept, stroke.points[-1])])
    return paths


@contextmanager
def live(seed: int) -> Iterator[tuple[int, str]]:
    """The process of `analogy live`, and its address."""
    command = [sys.executable, "-m", "compare", "live", "--no-open", "--port", "0", "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            found = re.search(r"http://\S+$", said.strip())
            if found is None:
                raise OSError(f"analogy live has not started (it said {said!r}): see what it printed above")
            yield process.pid, found[0]
        finally:
            process.terminate()


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser. Raises OSError where it is missing."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise OSError("there is no Chromium on the PATH: install it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, address: str) -> Iterator[Any]:
    """The page in a context of its own, watched, once Brian2 has answered for the first time."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector("#brian[data-kind=agrees]")
    page.evaluate(WATCH)
    yield page
    context.close()


def draw(page: Any, paths: Sequence[Way]) -> None:
    """Clears the pad and draws by mouse, but for the last lifting of the pen."""
    page.locator("#pad").press("Delete")
    box = page.locator("#pad").bounding_box()
    for number, path in enumerate(paths):
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]
        if number:
            page.mouse.up()
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)


def answered(page: Any) -> tuple[float, float]:
    """From the last lifting of the pen to the page's sentence and to Brian2's, ms. Raises RuntimeError where the spikes
    of the two differ."""
    page.wait_for_function("() => timed.page && timed.brian")
    one = page.evaluate("() => timed")
    if one["kind"] != "agrees":
        raise RuntimeError(f"Brian2 does not agree: {page.locator('#brian').inner_text()}")
    return one["page"], one["brian"]


def timed(browser: Any, address: str, some: Sequence[Sequence[Way]], count: int) -> np.ndarray:
    """(drawings · browsers, 2): what `answered` says of each drawing in so many browsers at once."""
    from contextlib import ExitStack

    found = []
    with ExitStack() as stack:
        pages = [stack.enter_context(opened(browser, address)) for _ in range(count)]
        for number in range(len(some)):
            for turn, page in enumerate(pages):
                draw(page, some[(number + turn) % len(some)])
            for page in pages:
                page.mouse.up()
            found += [answered(page) for page in pages]
    return np.array(found)


def report(name: str, found: np.ndarray) -> None:
    """A line: median and 95 % of both times, and how many drawings were within the bars."""
    middle, most = np.percentile(found, (50, 95), axis=0)
    within = (found <= (PAGE_BAR, BRIAN_BAR)).mean(axis=0)
    print(
        f"{name:14} {len(found):4} drawings  page {middle[0]:4.0f} ms (95 %: {most[0]:4.0f}), {within[0]:4.0%} within "
        f"{PAGE_BAR}   Brian2 {middle[1]:4.0f} ms (95 %: {most[1]:4.0f}), {within[1]:4.0%} within {BRIAN_BAR}   "
        f"load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def memory(browser: Any, address: str, every: Sequence[Sequence[Way]], count: int, server: int) -> None:
    """Prints, now and then over so many drawings, what server, Brian2 and page hold, MB."""
    print("drawings  server MB  Brian2 MB  page's heap MB")
    with opened(browser, address) as page:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        for number in range(1, count + 1):
            draw(page, every[number % len(every)])
            page.mouse.up()
            answered(page)
            if number % max(count // SAMPLES, 1) == 0:
                held = resident_megabytes([server]), resident_megabytes(brians(server)), heap(session)
                print(f"{number:8} {held[0]:10.0f} {held[1]:10.0f} {held[2]:15.1f}", flush=True)


def brians(server: int) -> list[int]:
    """The processes with Brian2 in them: two while one takes the place of another."""
    commands = {process: Path(f"/proc/{process}/cmdline") for process in family(server)}
    return [process for process, file in commands.items() if file.exists() and b"spawn_main" in file.read_bytes()]


def heap(session: Any) -> float:
    """What the page's scripts hold after a collection of garbage, MB."""
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize") / 1e6


if __name__ == "__main__":
    main()
