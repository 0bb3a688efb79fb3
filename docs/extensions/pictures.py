"""Makes what the gallery shows: every experiment, quickly, with its figures and its finding, and the live page.

It takes some minutes, so what was made is kept until the code changes that made it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compare.comparison import prepared
from compare.experiments import Bench, Drawing, Outcome
from compare.experiments.registry import draw, experiments, perform
from compare.files import prepare_folder, write_utf8
from compare.live.export import write_page
from compare.options import Options
from compare.provenance import made_by, versions
from compare.report.page import MARKS
from compare.study import QUICK_DIGITS
from compare.sweep.code import meaning
from data import load_digits

ROOT = Path(__file__).parents[2]
LIST = "gallery.json"
LIVE = "live.html"
log = logging.getLogger(__name__)


def make(folder: Path, *, workers: int | None = None) -> None:
    """Makes figures, findings and live page in a folder, unless the same code has made those that are there. Raises
    what an experiment raises, and OSError where they cannot be written."""
    wanted = fingerprint()
    if fingerprint_in(folder) == wanted:
        return
    prepare_folder(folder)
    (folder / LIST).unlink(missing_ok=True)
    write_page(folder / LIVE, workers=workers)
    made = list(entries(folder, workers))
    text = json.dumps({"fingerprint": wanted, "experiments": made}, ensure_ascii=False, indent=1)
    write_utf8(folder / LIST, text)  # last: where it is, all is


def entries(folder: Path, workers: int | None) -> Iterator[dict[str, Any]]:
    """Each experiment as the gallery tells it, its figures drawn into the folder."""
    options = Options(inputs=("current",), digits=QUICK_DIGITS)
    bench = Bench(prepared(options, hidden=True), load_digits("train"), quick=True, workers=workers)
    for name, experiment in experiments().items():
        log.info("the gallery: %s", name)
        command = f"analogy experiment {name} --quick"
        with made_by(command):
            (outcome,) = perform([experiment], bench, progress=lambda *told: None)
            yield entry(outcome, draw(outcome, folder), command)


def entry(outcome: Outcome[Any], drawings: list[Drawing], command: str) -> dict[str, Any]:
    """What the gallery tells of an experiment."""
    experiment, verdict = outcome.experiment, outcome.verdict
    return {
        "title": experiment.title,
        "part": experiment.part,
        "question": experiment.question,
        "links": experiment.links,
        "verdict": f"{MARKS[verdict.holds][0]} {verdict.holds}",
        "sentence": verdict.sentence,
        "finding": outcome.finding,
        "command": command,
        "figures": [{"file": f"{drawing.stem}.png", "alt": drawing.alt} for drawing in drawings],
    }


def fingerprint() -> str:
    """The SHA-256 of what the code of the packages does and of the versions that it runs on."""
    digest = hashlib.sha256(json.dumps(versions(), sort_keys=True).encode())
    for package in ("ann", "bio", "compare", "data"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix == ".py":
                digest.update(meaning(path.read_text(encoding="utf-8")).encode())
            elif path.suffix in {".h", ".js", ".j2", ".css", ".npz", ".gz"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def fingerprint_in(folder: Path) -> str:
    """That of the code that made what is in the folder; empty where nothing is, or it is not whole."""
    try:
        return str(json.loads((folder / LIST).read_text(encoding="utf-8"))["fingerprint"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
