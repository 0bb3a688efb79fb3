"""Builds the documentation site: `make docs`; with `--plain`, without the pictures that the code has to make first."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def main(arguments: list[str]) -> int:
    """Sphinx's exit code: 0 where nothing was to be warned of."""
    parser = argparse.ArgumentParser(prog="docs/build.py", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="the folder for the site (site)")
    parser.add_argument("--plain", action="store_true", help="leave out the pictures that take minutes to make")
    parser.add_argument("--workers", type=int, help="processes to make pictures with (one a core)")
    given = parser.parse_args(arguments)
    try:
        from sphinx.cmd.build import main as sphinx
    except ImportError:
        print("docs/build.py: Sphinx is not installed: pip install -e '.[docs]'", file=sys.stderr)
        return 2
    html = given.out / "html"
    code = sphinx([*options(given), "-d", str(given.out / "doctrees"), "-c", str(HERE), str(ROOT), str(html)])
    if code == 0:
        print(f"the site is {(html / 'index.html').resolve()}")
    return code


def options(given: argparse.Namespace) -> list[str]:
    """What Sphinx is told: to be strict, and where the pictures are, which are made first."""
    strict = ["--fail-on-warning", "--keep-going", "--nitpicky", "--quiet", "-b", "html"]
    if given.plain:
        return strict
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    sys.path.insert(0, str(HERE))
    from extensions.pictures import make

    folder = given.out / "made"
    make(folder, workers=given.workers)
    return [*strict, "-D", f"gallery_folder={os.path.relpath(folder.resolve(), ROOT)}"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
