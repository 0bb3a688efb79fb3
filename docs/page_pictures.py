"""Makes `live.png` and `live-dark.png` beside it: the live page in Chromium, at two of its addresses.

    python docs/page_pictures.py [--out docs]

Needs the extra `dev`, and Chromium on the PATH. The networks are those of seed 0.
"""

from __future__ import annotations

import argparse
import base64
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from compare.files import whole
from compare.live.export import write_page
from compare.provenance import caption, made_by

COMMAND = "python docs/page_pictures.py  # seed 0"
WIDTH, HEIGHT = 1480, 1130
COLOURS = 256  # enough for lines and text; a third of the bytes
PEN = 23  # the page's usual width of a stroke, in 255ths of the pad, as are the points of one
THREE = (
    (66, 62), (82, 40), (124, 30), (166, 42), (180, 72), (162, 104), (118, 118), (166, 134), (186, 166), (180, 200),
    (152, 222), (112, 228), (76, 210),
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """One picture of the page.

    name      of its file, without the ending
    said      what the address says
    at        the moment that is shown, ms
    settings  of the browser
    """

    name: str
    said: str
    at: int
    settings: dict[str, Any] = field(default_factory=dict)


def drawing(points: Sequence[tuple[int, int]]) -> str:
    """One stroke, as an address has it (`compare/live/page/state.js`)."""
    values = [PEN, *divmod(len(points), 256), *(value for point in points for value in point)]
    return base64.urlsafe_b64encode(bytes(values)).decode().rstrip("=")


PICTURES = (
    Picture("live", f"drawing={drawing(THREE)}", 62),
    Picture(
        "live-dark",
        "hidden=100&activation=sigmoid&input=poisson&corruption=occlusion&severity=8&digit=7&unit=0.14",
        100,
        {"color_scheme": "dark"},
    ),
)


def main() -> None:
    """Writes both pictures, with what makes them in their metadata."""
    parser = argparse.ArgumentParser(prog="docs/page_pictures.py", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="the folder for the pictures (docs)")
    out = parser.parse_args().out
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "page.html"
        write_page(page)
        browser = playwright.chromium.launch(executable_path=path)
        for picture in PICTURES:
            keep(taken(browser, f"{page.as_uri()}#{picture.said}", picture), out / f"{picture.name}.png")
        browser.close()


def taken(browser: Any, address: str, picture: Picture) -> bytes:
    """The page as it stands at a moment, a PNG."""
    settings = {"viewport": {"width": WIDTH, "height": HEIGHT}, "reduced_motion": "reduce", **picture.settings}
    context = browser.new_context(**settings)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]")
    page.evaluate(
        """(at) => {
          const scrub = document.getElementById("scrub");
          scrub.value = at;
          scrub.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        picture.at,
    )
    page.wait_for_function("(at) => document.getElementById('time').textContent.startsWith(`${at} of`)", arg=picture.at)
    shot: bytes = page.screenshot()
    context.close()
    return shot


def keep(shot: bytes, path: Path) -> None:
    """Writes a PNG with fewer colours, and with what makes it."""
    about = PngInfo()
    with made_by(COMMAND):
        about.add_text("Description", caption())
    with Image.open(BytesIO(shot)) as image, whole(path) as part:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(part, optimize=True, pnginfo=about)


if __name__ == "__main__":
    main()
