"""Every result, figure and film says which command makes it again, with which seed and versions."""

import json
import re
import shlex
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image
from specimens import small_mnist, taught

import compare.cli as cli
from ann import save_model
from compare.animation import with_comment
from compare.provenance import PACKAGES, WHEREABOUTS, caption, command, made_by, manifest_entry, repeatable
from compare.style import save, styled


@pytest.fixture(scope="module")
def given_files(tmp_path_factory):
    """The options that name a few digits and a small network."""
    place = tmp_path_factory.mktemp("given")
    save_model(place / "relu.npz", taught((784, 8, 10), "relu"), {})
    return [f"--data={small_mnist(place / 'digits', test=60)}", f"--model={place / 'relu.npz'}"]


@pytest.fixture
def analogy(analogy, monkeypatch, tmp_path):
    """Runs the command in this process, which must go well."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*words):
        code, _, err = analogy(*words)
        assert code == 0, err

    return run


def said_by(path):
    """What a figure says of its origin."""
    if path.suffix == ".png":
        with Image.open(path) as image:
            return image.text["Description"]
    return re.search(r"<dc:description>(.*?)</dc:description>", path.read_text(encoding="utf-8"), re.DOTALL)[1]


@pytest.mark.xdist_group("two workers")  # whose processes are started once
@pytest.mark.parametrize(
    ("words", "results"),
    [
        (["compare", "--digits=20", "--input=current", "--duration=20"], "scores.json"),
        (["experiment", "by-hand", "--digits=60", "--quick"], "results.json"),
    ],
)
def test_results_and_figures_say_the_command_that_makes_them_again(words, results, analogy, given_files, tmp_path):
    for workers in (1, 2):
        analogy(*words, *given_files, "--workers", workers, "--out", tmp_path / str(workers))
    expected = shlex.join(["analogy", *words, *given_files, "--seed", "0"])
    written = {path.name: path for path in (tmp_path / "1").iterdir() if path.name != "timing.json"}
    manifest = json.loads(written[results].read_text(encoding="utf-8"))["manifest"]
    assert manifest["command"] == expected
    figures = [path for path in written.values() if path.suffix in (".png", ".svg")]
    assert figures
    for path in figures:
        assert said_by(path).startswith(
            f"{expected} (neural-analogy {version('neural-analogy')}, ".replace("&", "&amp;")
        )
        assert f"numpy {version('numpy')}" in said_by(path)
    for name, path in written.items():
        assert path.read_bytes() == (tmp_path / "2" / name).read_bytes(), f"{name} depends on the number of workers"


def test_a_film_says_it_too(analogy, given_files, tmp_path):
    words = ["animate", "--number=3", "--duration=4", "--input=current", *given_files]
    analogy(*words, "--out", tmp_path / "film.gif")
    said = shlex.join(["analogy", *words, "--seed", "0"]).encode("ascii", "backslashreplace")
    content = (tmp_path / "film.gif").read_bytes()
    start = content.rindex(b"\x21\xfe")
    blocks, place = b"", start + 2
    while content[place]:
        blocks += content[place + 1 : place + 1 + content[place]]
        place += 1 + content[place]
    assert blocks.startswith(said)
    assert content[place + 1 :] == b"\x3b"  # the trailer
    with Image.open(tmp_path / "film.gif") as film:
        film.seek(film.n_frames - 1)
        film.load()


@given(st.text(max_size=600))
def test_a_comment_of_any_length_lies_before_the_trailer(text):
    made = with_comment(b"GIF89a...\x3b", text)
    assert made.startswith(b"GIF89a...\x21\xfe")
    assert made.endswith(b"\x00\x3b")


@given(st.lists(st.sampled_from(["compare", "--digits", "20", "--noise=1", "a b", "--quick"]), min_size=1))
def test_where_a_file_lies_and_who_made_it_are_left_out_and_the_seed_is_named(words):
    words = ["compare", *words]
    elsewhere = [part for option in WHEREABOUTS for part in (option, "somewhere")]
    joined = [f"{option}=somewhere" for option in WHEREABOUTS]
    expected = shlex.join(["analogy", *words, "--seed", "0"])
    assert repeatable(words) == repeatable([*elsewhere, *words]) == repeatable([*words, *joined, "--debug"]) == expected
    assert repeatable([*words, "--seed", "7"]) == shlex.join(["analogy", *words, "--seed", "7"])
    assert repeatable([*words, "--seed=7"]) == shlex.join(["analogy", *words, "--seed=7"])


def test_a_sweep_has_its_seeds_in_its_plan():
    exported = "analogy live --export page.html --seed 0"
    assert repeatable(["live", "--export", "/home/ann/page.html"]) == exported
    assert repeatable(["live", "--out", "--export", "--export", "a/page.html"]) == exported
    assert repeatable(["live", "--export=b/page.html"]) == "analogy live --export=page.html --seed 0"
    assert repeatable(["sweep", "--vary", "seed=0,1"]) == "analogy sweep --vary seed=0,1"


def test_without_a_command_there_are_versions_only(tmp_path):
    assert manifest_entry() == {}
    assert all(f"{name} {version(name)}" in caption() for name in PACKAGES)
    with styled():
        save(Figure(), tmp_path / "figure")
    assert said_by(tmp_path / "figure.png") == said_by(tmp_path / "figure.svg") == caption()


def test_a_command_within_another_gives_way_to_it_again():
    with made_by("outer"):
        with made_by("inner"):
            assert command() == "inner"
        assert manifest_entry() == {"command": "outer"}
    assert command() == ""


# --- The pictures that are published

ROOT = Path(__file__).parents[1]
PUBLISHED = sorted((ROOT / "docs").glob("*.png"))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_picture_says_command_seed_and_versions(path):
    said = re.fullmatch(
        r"(.+)(?: --seed|  # seed) \d+ \(neural-analogy \d\S*, brian2 \d\S*, numpy \d.*\)", said_by(path)
    )
    assert said, said_by(path)
    program, first, *_ = shlex.split(said[1])
    known = {command.callback.__name__ for command in cli.app.registered_commands}
    assert first in known if program == "analogy" else (program == "python" and (ROOT / first).is_file())


def test_all_published_pictures_are_shown_and_all_that_are_shown_are_published():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "labs").glob("*.md")]
    pages += [page for package in ("bio", "compare", "data", "benchmarks") for page in (ROOT / package).rglob("*.md")]
    shown = {
        (page.parent / place) for page in pages for place in re.findall(r"!\[.*?\]\((.+?)\)", page.read_text("utf-8"))
    }
    assert {path.resolve() for path in shown} == set(PUBLISHED)
