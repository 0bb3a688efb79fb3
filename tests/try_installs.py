"""`make installs`: installs the project as its users may, and runs the tests with what was installed.

From a wheel and from an sdist, with the oldest and with the newest versions of what it needs that pyproject.toml
allows, on each Python. The tests come from the sdist, unpacked; the packages that they import are the installed ones.
uv (https://docs.astral.sh/uv) finds the Pythons and the versions; its own settings (UV_INDEX_URL and the like) hold.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
KINDS = ("wheel", "sdist")
VERSIONS = {"oldest": "lowest-direct", "newest": "highest"}  # what uv calls them
VERSIONS_OF = (
    "import platform; from importlib.metadata import version; names = 'brian2 numpy scipy matplotlib pytest'.split();"
    "print('Python ' + platform.python_version(), *(f'{name} {version(name)}' for name in names), sep=', ')"
)
WHERE = "import ann, bio, compare, data; print(*(module.__file__ for module in (ann, bio, compare, data)), sep='\\n')"


class InstallError(Exception):
    """Says in one line what did not work."""


def main() -> int:
    """Tries what was asked for; 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="make installs", description=__doc__)
    parser.add_argument(
        "--python", default=",".join(PYTHONS), help="versions or paths, with commas between (3.11,3.12,3.13)"
    )
    parser.add_argument("--kind", default=",".join(KINDS), help="wheel, sdist (both)")
    parser.add_argument("--versions", default=",".join(VERSIONS), help="oldest, newest (both)")
    parser.add_argument(
        "tests", nargs="*", help="what pytest is given, after --, as in -- tests/test_lif.py (all tests)"
    )
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        built = build(Path(folder))
        cases = product(asked.python.split(","), asked.kind.split(","), asked.versions.split(","))
        for number, (python, kind, versions) in enumerate(cases):
            start = time.monotonic()
            try:
                told = tried(Path(folder, f"{number}-{kind}-{versions}"), built, python, kind, versions, asked.tests)
            except InstallError as error:
                failed, told = 1, f"Python {python} | FAILED: {error}"
            print(f"| {kind} | {versions} | {told} | {time.monotonic() - start:.0f} s |", flush=True)
    return failed


def build(folder: Path) -> dict[str, Path]:
    """The sdist of this checkout, and the wheel that is made from it."""
    call([sys.executable, "-m", "build", "--outdir", folder, ROOT], ROOT)
    return {"wheel": next(folder.glob("*.whl")), "sdist": next(folder.glob("*.tar.gz"))}


def tried(folder: Path, built: dict[str, Path], python: str, kind: str, versions: str, tests: list[str]) -> str:
    """Installs one into an environment of its own and runs tests there: the versions and pytest's last line."""
    folder.mkdir()
    with tarfile.open(built["sdist"]) as archive:
        archive.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    env, uv = folder / "env", [sys.executable, "-m", "uv"]
    call([*uv, "venv", "--quiet", "--seed", "--python", python, env], folder)
    inside = env / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    chosen, how = folder / "chosen.txt", ("--resolution", VERSIONS[versions])
    call(
        [*uv, "pip", "compile", "-q", "--python", inside, *how, "--extra=dev", tree / "pyproject.toml", "-o", chosen],
        folder,
    )
    wanted = f"neural-analogy[dev] @ {built[kind].as_uri()}"
    call([*uv, "pip", "install", "--quiet", "--python", inside, "--constraint", chosen, wanted], folder)
    elsewhere = [name for name in call([inside, "-I", "-c", WHERE], tree).split() if not Path(name).is_relative_to(env)]
    if elsewhere:
        raise InstallError(f"the tests would import {elsewhere[0]}, not what was installed")
    return f"{call([inside, '-I', '-c', VERSIONS_OF], tree).strip()} | {tested(inside, tree, tests)}"


def tested(python: Path, tree: Path, tests: list[str]) -> str:
    """The last line of pytest, which is run as a program: the checkout is then not on the path of its tests."""
    return call([python.with_name("pytest"), "-q", *tests], tree).strip().splitlines()[-1].strip("= ")


def call(command: list, folder: Path) -> str:
    """What a program prints. Raises InstallError, with what it printed last, where it fails."""
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-20_000:], done.stderr[-2_000:], file=sys.stderr, flush=True)  # for whoever mends it
        words = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        failed = [line for line in words if re.match(r"(FAILED|ERROR) ", line)]
        raise InstallError(f"{Path(command[0]).name}: {'; '.join([*failed[:5], *words[-1:]])}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
