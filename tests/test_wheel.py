"""The built wheel holds the four packages with all their files and nothing else, and works where it is installed."""

import email
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("hatchling", reason="hatchling builds the wheel; it comes with the dev extra")

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
METADATA = f"neural_analogy-{VERSION}.dist-info"
PACKAGES = ["ann", "bio", "compare", "data"]
MNIST = [
    f"data/mnist/{split}-{kind}-ubyte.gz" for split in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
]
pytestmark = pytest.mark.xdist_group("wheel")  # one process builds them all


def build_wheel(checkout: Path, folder: Path) -> Path:
    """The wheel of a checkout, built by the backend that pip would call."""
    code = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-I", "-c", code, str(folder)], cwd=checkout, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def files(wheel) -> dict[str, bytes]:
    return content(wheel)


def sheets() -> dict[str, Path]:
    """The lab sheets in the checkout, by their names in the wheel."""
    found = (path for path in (ROOT / "labs").rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    return {f"compare/labs/{path.relative_to(ROOT / 'labs').as_posix()}": path for path in found}


def sources() -> set[str]:
    """The files of the four packages in the checkout, whether git knows them or not."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if path.parent.name != "__pycache__"}


def test_its_top_level_is_the_four_packages(files):
    top = {name.split("/")[0] for name in files}
    assert top == {*PACKAGES, METADATA}


def test_every_file_of_the_packages_is_inside_unchanged(files):
    assert sources() >= {*MNIST, "data/README.md", *(f"{package}/__init__.py" for package in PACKAGES)}
    for name in sources():
        assert files.get(name) == (ROOT / name).read_bytes(), name


def test_the_lab_sheets_are_inside_unchanged(files):
    assert {"compare/labs/README.md", "compare/labs/students/1-digit.ipynb"} <= set(sheets())
    for name, path in sheets().items():
        assert files.get(name) == path.read_bytes(), name


def test_a_gitignore_cannot_drop_the_data(files, tmp_path):
    checkout = tmp_path / "checkout"
    for folder in filter(Path.exists, (ROOT / name for name in [*PACKAGES, "labs"])):
        shutil.copytree(folder, checkout / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ["pyproject.toml", "README.md", "LICENSE"]:
        shutil.copy(ROOT / name, checkout)
    (checkout / ".gitignore").write_text("data/\n*.gz\ncompare/\n")
    assert set(content(build_wheel(checkout, tmp_path))) == set(files)


def test_its_metadata_names_the_pythons_and_for_each_a_numpy_and_a_brian2_that_agree(files):
    metadata = email.message_from_bytes(files[f"{METADATA}/METADATA"])
    assert set(metadata["Requires-Python"].split(",")) == {">=3.11", "<3.14"}
    needs = {need.replace("'", '"') for need in metadata.get_all("Requires-Dist")}
    assert {need for need in needs if need.startswith(("brian2", "numpy"))} == {
        'brian2<3,>=2.9; python_version < "3.12"',
        'numpy<2.4,>=2.0; python_version < "3.12"',
        'brian2<3,>=2.10; python_version >= "3.12"',
        'numpy<3,>=2.1; python_version >= "3.12"',
    }
    assert metadata["License-Expression"] == "MIT AND CC-BY-SA-3.0"
    assert set(metadata.get_all("License-File")) == {"LICENSE", "data/README.md"}


def test_its_command_is_analogy(files):
    lines = files[f"{METADATA}/entry_points.txt"].decode().split("\n")
    assert [line for line in lines if line] == ["[console_scripts]", "analogy = compare.cli:main"]


def test_the_digits_and_the_sheets_load_from_an_installed_wheel(wheel, tmp_path):
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    pip = [sys.executable, "-I", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True, capture_output=True)
    code = (
        "import ann, bio, compare, data; print(len(data.load_digits('test')), len(data.load_digits('train')));"
        "print(*[module.__file__ for module in (ann, bio, compare, data)], sep='\\n');"
        "from pathlib import Path; from compare.lab.sheets import labs_folder, start;"
        "print(labs_folder(), start(1, 'ann', Path()).stat().st_size > 10_000, sep='\\n')"
    )
    # -S leaves out the .pth files, by which an editable install puts the checkout on the path
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(Path(np.__file__).parents[1])}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), *sorted(libraries)])}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=elsewhere, env=environment, capture_output=True, text=True, check=True
    )
    counts, *places, labs, started = done.stdout.splitlines()
    assert (labs, started) == (str(target / "compare" / "labs"), "True")
    assert counts == "10000 60000"
    assert places == [str(target / package / "__init__.py") for package in PACKAGES]
