"""The documentation site is built without a warning, no link in it is dead, and it has every public name.

Where Sphinx is missing the tests are skipped and say so; in CI, which sets CI_BROWSER=1, they fail.
"""

import importlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import without

import ann
import bio
import bio.stdp
import data

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))
pytestmark = pytest.mark.xdist_group("docs")  # one process builds it


def need_sphinx() -> None:
    """Skips, or in CI fails, a test where the extra `docs` is not installed."""
    for package in ("sphinx", "myst_parser", "furo", "latex2mathml"):
        try:
            importlib.import_module(package)
        except ImportError:
            without(f"there is no {package}: pip install -e '.[docs]'")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site's pages, built strictly and without the pictures that take minutes."""
    need_sphinx()
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(ROOT / "docs" / "build.py"), "--plain", "--out", str(out)]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=os.environ | {"COLUMNS": "200"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    return out / "html"


class Page(HTMLParser):
    """What a page links, embeds and can be linked to by."""

    def __init__(self, text: str):
        super().__init__()
        self.targets: list[str] = []
        self.fetched: list[str] = []
        self.anchors = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"id", "name"} and value:
                self.anchors.add(value)
            if name in {"href", "src"} and value:
                self.targets.append(value)
                if tag != "a":
                    self.fetched.append(value)


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def dead(target: str, page: Path, pages: dict[Path, Page]) -> bool:
    """Whether a target within the site leads nowhere: no such file, or no such place in it."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return False
    path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if path not in pages:
        return not path.is_file()
    return unquote(parts.fragment) not in pages[path].anchors


def test_no_link_within_the_site_is_dead(pages):
    found = {
        f"{path.name}: {target}" for path, page in pages.items() for target in page.targets if dead(target, path, pages)
    }
    assert not found


def test_what_is_dead_is_known(site, pages):
    index = site / "docs" / "index.html"
    assert dead("nowhere.html", index, pages)
    assert dead("faq.html#nowhere", index, pages)
    assert not dead("faq.html#installing", index, pages)
    assert not dead("https://example.org/", index, pages)


def test_nothing_is_fetched_from_elsewhere(site, pages):
    """Scripts, styles and pictures are the site's own, so that it works without a network."""
    fetched_by_style = re.compile(r"@import|url\(\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert len(styles) > 1
    for path in pages:
        styles += re.findall("<style.*?>(.*?)</style>", path.read_text(encoding="utf-8"), re.DOTALL)
    assert not [found[0] for style in styles for found in fetched_by_style.finditer(style)]
    fetched = [address for page in pages.values() for address in page.fetched]
    assert fetched
    assert not [address for address in fetched if urlsplit(address).netloc]


@pytest.mark.parametrize(("package", "page"), [(ann, "ann"), (bio, "bio"), (bio.stdp, "stdp"), (data, "data")])
def test_every_public_name_has_its_entry(package, page, pages, site):
    anchors = pages[site / "docs" / "api" / f"{page}.html"].anchors
    assert {f"{package.__name__}.{name}" for name in package.__all__} <= anchors


def test_every_entry_is_a_name_that_there_is(site):
    from extensions.docstrings import api_names

    names = api_names(ROOT / "docs" / "api")
    assert len(names) > 70
    for name in names:
        module, _, last = name.rpartition(".")
        assert hasattr(importlib.import_module(module), last), name


def test_the_chapters_are_pages_with_their_formulas(site):
    for chapter in ("bio", "compare", "bio/stdp", "data", "benchmarks", "labs"):
        assert (site / chapter / "README.html").is_file()
    text = (site / "bio" / "README.html").read_text(encoding="utf-8")
    source = (ROOT / "bio" / "README.md").read_text(encoding="utf-8")
    assert text.count('<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"') == source.count("\n$$")
    assert "$" not in Text(text).outside_code


class Text(HTMLParser):
    """What is read on a page, but for code."""

    def __init__(self, text: str):
        super().__init__()
        self.outside_code = ""
        self.within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in {"pre", "code", "script", "style"}:
            self.within.append(tag)

    def handle_endtag(self, tag):
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data):
        if not self.within:
            self.outside_code += data


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        (["Weights of *all* units_ in `x`."], [r"Weights of \*all\* units\_ in ``x``.", ""]),
        (["The `LIF`, or `bio.LIF`."], ["The :py:obj:`LIF <bio.LIF>`, or :py:obj:`bio.LIF <bio.LIF>`.", ""]),
        (
            ["    v > 1: a `spike`", "", "      and reset"],
            ["::", "", "    v > 1: a `spike`", "", "      and reset", ""],
        ),
        (
            ["ann, bio  each", "seed      of all", "          randomness"],
            ["``ann``, ``bio``", "    each", "``seed``", "    of all", "    randomness", ""],
        ),
    ],
)
def test_docstrings_keep_what_they_say(docstring, expected):
    need_sphinx()
    from extensions.docstrings import restructured

    assert restructured(docstring, {"LIF": "bio.LIF", "bio.LIF": "bio.LIF"}) == expected


def test_pictures_are_of_other_code_where_a_python_file_does_something_else(monkeypatch):
    from extensions import pictures

    read = []
    monkeypatch.setattr(pictures, "meaning", lambda source: read.append(source) or "one")
    first = pictures.fingerprint()
    for path in ("ann/mlp.py", "bio/lif.py", "compare/experiments/eye.py", "data/distortion.py"):
        assert (ROOT / path).read_text(encoding="utf-8") in read
    monkeypatch.setattr(pictures, "meaning", lambda source: "another" if source == read[-1] else "one")
    assert pictures.fingerprint() != first


def test_pictures_are_made_again_where_the_code_has_changed(tmp_path, monkeypatch):
    from extensions import pictures

    made: list[str] = []
    monkeypatch.setattr(pictures, "fingerprint", lambda: "some code")
    monkeypatch.setattr(pictures, "write_page", lambda path, workers: made.append(path.name))
    monkeypatch.setattr(pictures, "entries", lambda folder, workers: iter([{"title": "an experiment"}]))
    pictures.make(tmp_path)
    pictures.make(tmp_path)
    assert made == ["live.html"]
    monkeypatch.setattr(pictures, "fingerprint", lambda: "other code")
    pictures.make(tmp_path)
    assert made == ["live.html", "live.html"]
