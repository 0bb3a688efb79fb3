"""How the page looks and moves: accessible to axe at all widths, light and dark, still where no motion is wanted; and
its picture to keep.
"""

import struct
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from browser import without
from live_page import SEVEN, draw, exported, opened, reopened
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from page_pictures import PICTURES, THREE, keep, taken

pytestmark = pytest.mark.xdist_group("live page")
WIDTHS = (360, 1024, 1920)
TWO = (("relu", "16-16"), ("relu", "100"))
STATES = {
    "as it opens": "",
    "spoilt and silenced": "input=poisson&corruption=shift&severity=3&silenced=0.2_1.3&unit=0.2&noise=0.5&duration=60",
    "an output": "hidden=100&unit=1.4&duration=60",
    "nothing drawn": "drawing=&duration=60",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return exported(tmp_path_factory.mktemp("page"), TWO)


def test_a_picture_for_the_texts_shows_the_moment_and_says_what_makes_it(browser, address, tmp_path):
    for scheme in ("light", "dark"):
        picture = replace(PICTURES[0], settings={"color_scheme": scheme})
        keep(taken(browser, f"{address}#{picture.said}", picture), tmp_path / "page.png")
        with Image.open(tmp_path / "page.png") as image:
            assert image.text["Description"].startswith("python docs/page_pictures.py  # seed 0 (neural-analogy ")
            assert image.size == (1480, 1130)
            background = image.convert("L").getpixel((2, 2))
        assert (background < 60) is (scheme == "dark")


def test_the_drawing_in_an_address_is_the_one_that_the_page_reads(browser, address):
    with opened(browser, f"{address}#{PICTURES[0].said}") as page:
        (stroke,) = page.evaluate("State.fromHash(location.hash.slice(1), [], 0).strokes")
    assert np.rint(255 * np.array(stroke["points"])).tolist() == [list(point) for point in THREE]


def findings(page):
    """What axe finds, a line each."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        without("there is no axe: pip install axe-playwright-python")
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:80]} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(browser, address, width, scheme):
    size = {"width": width, "height": 900}
    with opened(browser, address, offline=True, viewport=size, color_scheme=scheme, reduced_motion="reduce") as page:
        for number, (name, state) in enumerate(STATES.items()):
            reopened(page, state)
            page.evaluate(
                "(open) => document.querySelectorAll('details').forEach((one) => { one.open = open; })", number > 0
            )
            page.wait_for_timeout(100)
            assert findings(page) == [], name
            wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide <= room, name


def colours(page):
    """Paper and ink of the page, and the paper of its canvases and the strongest colour of the digit that is shown."""
    return page.evaluate(
        """() => {
          const style = getComputedStyle(document.body);
          const rgb = (data) => `rgb(${data[0]}, ${data[1]}, ${data[2]})`;
          const corner = ["ann", "bio", "raster", "race"].map((id) =>
            rgb(document.getElementById(id).getContext("2d").getImageData(1, 1, 1, 1).data));
          const pad = document.getElementById("pad");
          const { data } = pad.getContext("2d").getImageData(0, 0, pad.width, pad.height);
          const inked = Array.from({ length: data.length / 4 }, (_, k) => rgb(data.subarray(4 * k, 4 * k + 3)));
          return { paper: style.backgroundColor, ink: style.color, corner, inked: Array.from(new Set(inked)) };
        }"""
    )


def brightness(colour):
    return sum(int(part) for part in colour.strip("rgb()").split(","))


def test_light_and_dark_are_followed_at_once_by_text_and_canvases(browser, address):
    options = {"color_scheme": "light", "reduced_motion": "reduce"}
    with opened(browser, address, offline=True, expected="willReadFrequently", **options) as page:
        light = colours(page)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(200)
        dark = colours(page)
    for found in (light, dark):
        assert set(found["corner"]) == {found["paper"]}
        assert found["ink"] in found["inked"]
    assert brightness(light["paper"]) > 700 > 100 > brightness(light["ink"])
    assert brightness(dark["ink"]) > 600 > 100 > brightness(dark["paper"])


def test_where_no_motion_is_wanted_time_stands_at_its_end(browser, address):
    with opened(browser, address, offline=True, reduced_motion="reduce") as page:
        draw(page, SEVEN)
        for _ in range(2):
            assert page.locator("#time").inner_text() == "100 of 100 ms"
            assert page.locator("#play").inner_text() == "Play again"
            page.wait_for_timeout(100)
        page.locator("#play").click()  # who asks for motion gets it
        assert page.locator("#play").inner_text() == "Pause"


def test_else_time_runs_from_the_lifted_pen_on_and_can_be_stopped_and_moved(browser, address):
    with opened(browser, address, offline=True, reduced_motion="no-preference") as page:
        page.locator("#slowness").select_option("400")  # 40 s for 100 ms
        draw(page, SEVEN)
        time, play = page.locator("#scrub"), page.locator("#play")
        assert play.inner_text() == "Pause"
        page.wait_for_function("() => Number(document.getElementById('scrub').value) > 0")
        play.click()
        stopped = time.input_value()
        page.wait_for_timeout(600)
        assert (time.input_value(), play.inner_text()) == (stopped, "Play")
        time.focus()
        page.keyboard.press("End")
        assert (page.locator("#time").inner_text(), play.inner_text()) == ("100 of 100 ms", "Play again")
        assert time.get_attribute("aria-valuetext") == "100 ms"


@pytest.mark.parametrize("width", [360, 1920])
def test_the_picture_to_keep_is_a_png_of_all_that_is_seen(browser, address, width):
    size = {"width": width, "height": 900}
    with opened(browser, address, offline=True, viewport=size, reduced_motion="reduce") as page:
        draw(page, SEVEN)
        with page.expect_download() as awaited:
            page.locator("#save-picture").click()
        content = Path(awaited.value.path()).read_bytes()
        assert awaited.value.suggested_filename == "two-networks.png"
        box = page.locator("#stage").bounding_box()
        named = page.evaluate("Canvas.colours()")
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    across, down = struct.unpack(">II", content[16:24])
    assert across == pytest.approx(2 * box["width"], abs=2)
    assert 2 * box["height"] + 100 < down < 2 * box["height"] + 600  # with the words above
    assert 30_000 < len(content) < 3_000_000
    picture = imread(BytesIO(content))[..., :3]
    for name in ("ann", "bio", "ink"):
        near = np.abs(picture - np.array(to_rgb(named[name]), np.float32)).max(axis=-1) < 0.01
        assert near.sum() > 200, name
    lines = [picture[2 * top : 2 * top + 60].std() for top in (4, 80)]
    assert min(lines) > 0.02  # the heading, and the first row of figures
