"""Puts scores, experiments and their figures into one page, with the template beside this file (Jinja2).

The page holds its figures and its style within itself: it can be mailed, printed, opened from disk without a network.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from compare.experiments.experiment import Drawing, Outcome, Verdict
from compare.experiments.wording import BETWEEN
from compare.files import write_utf8
from compare.pair import Pair
from compare.score import Score
from compare.style import INPUT_NAMES, NETWORK_NAMES
from data import load_digits

#: the parts of the page: the experiments', their heading, and what their lines of the scorecard ask
PARTS = (
    ("claim", "What the lesson says", "Does it hold?"),
    ("break", "Where the analogy ends", "Does it break?"),
)
#: a sign for a word of a verdict (what speaks for the analogy, what does so in part, what does not), and its class
MARKS = {
    "holds": ("✓", "good"),
    "no break seen": ("✓", "good"),
    "in part": ("≈", "partly"),
    "does not hold": ("✗", "bad"),
    "breaks": ("✗", "bad"),
}


@dataclass(frozen=True, eq=False)
class Report:
    """All that the page tells.

    scored    the pairs of the main job, with their scores
    outcomes  of the experiments, with what was drawn of each, in order
    folder    where the drawings are
    manifest  versions, seed, data and options
    command   that makes this report again
    quick     whether experiments were given few digits
    live      the page to draw on, in the report's folder; None: there is none
    """

    scored: Sequence[tuple[Pair, Score]]
    outcomes: Sequence[tuple[Outcome[Any], Sequence[Drawing]]]
    folder: Path
    manifest: dict[str, Any]
    command: str
    quick: bool
    live: Path | None = None


def write_report(report: Report, path: Path) -> None:
    """Writes the page, whole or not at all."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = files("compare.report").joinpath("report.html.j2").read_text(encoding="utf-8")
    text = environment.from_string(source).render(
        summary=summary(report.scored),
        pairs=[row(pair, score) for pair, score in report.scored],
        digits=report.scored[0][1].digits,
        sizes="-".join(map(str, report.scored[0][0].twin.model.sizes)),
        duration=f"{1e3 * report.scored[0][0].twin.duration:g}",
        parts=[(part, heading, asked, sections(report, part)) for part, heading, asked in PARTS],
        manifest=report.manifest,
        mnist=are_mnist(report.manifest),
        command=report.command,
        quick=report.quick,
        live=report.live and report.live.name,
    )
    write_utf8(path, text)


def are_mnist(manifest: dict[str, Any]) -> bool:
    """Whether all digits of a report are MNIST's: none of another folder, or of one that holds the same."""
    if manifest["options"]["data"] is None:
        return True
    own = {f"{split}-{part}": h for split in ("train", "test") for part, h in load_digits(split).sha256.items()}
    return manifest["data_sha256"] == own


def summary(scored: Sequence[tuple[Pair, Score]]) -> str:
    """What the main job came to, in a sentence."""
    lost = [100 * (score.ann_accuracy - score.bio_accuracy) for _, score in scored]
    same = [100 * score.same_answer for _, score in scored]
    standard = [100 * score.ann_accuracy for _, score in scored]
    return (
        f"The standard networks read {span(standard)} % of the digits; their spiking twins give the same answer to "
        f"{span(same)} % of them and lose {span(lost, 2)} points."
    )


def span(values: Sequence[float], decimals: int = 1) -> str:
    """From the least to the greatest, or the one value."""
    low, high = f"{min(values):.{decimals}f}", f"{max(values):.{decimals}f}"
    return low if low == high else f"{low} to {high}"


def row(pair: Pair, score: Score) -> dict[str, str]:
    """One line of the table of pairs."""
    hidden, within = score.layers[0], score.ms_to_within_half_point
    low, high = score.bio_interval
    network = NETWORK_NAMES[pair.twin.model.activation]
    return {
        "network": f"{network}, retuned" if pair.twin.retuned else network,
        "input": INPUT_NAMES[pair.twin.input],
        "standard": f"{100 * score.ann_accuracy:.2f}",
        "spiking": f"{100 * score.bio_accuracy:.2f}",
        "interval": f"{100 * low:.2f}–{100 * high:.2f}",
        "lost": f"{100 * (score.ann_accuracy - score.bio_accuracy):+.2f}",
        "p": f"{score.mcnemar_p:.2g}",
        "same": f"{100 * score.same_answer:.1f}",
        "pearson": "–" if hidden.pearson is None else f"{hidden.pearson:.3f}",
        "mcc": "–" if hidden.mcc is None else f"{hidden.mcc:.3f}",
        "spikes": f"{score.spikes_per_digit + score.input_spikes_per_digit:,.0f}",
        "within": "never" if within is None else f"{within:g} ms",
    }


def line(verdict: Verdict) -> dict[str, Any]:
    """One line of the scorecard: what each network's cell says, line by line, and the verdict with its sign."""
    mark, kind = MARKS[verdict.holds]
    return {
        "measure": verdict.measure,
        "ann": verdict.ann.split(BETWEEN),
        "bio": verdict.bio.split(BETWEEN),
        "word": verdict.holds,
        "mark": mark,
        "kind": kind,
        "sentence": verdict.sentence.replace(" %", "\N{NO-BREAK SPACE}%"),
    }


def sections(report: Report, part: str) -> list[dict[str, Any]]:
    """The experiments of one part, each with its figures as data."""
    return [
        {
            "name": outcome.experiment.name,
            "title": outcome.experiment.title,
            "question": outcome.experiment.question,
            "links": outcome.experiment.links,
            "finding": outcome.finding,
            "claim": outcome.experiment.claim,
            "verdict": line(outcome.verdict),
            "table": outcome.table,
            "figures": [
                {"alt": drawing.alt, "data": as_data(report.folder / f"{drawing.stem}.png")} for drawing in drawings
            ],
        }
        for outcome, drawings in report.outcomes
        if outcome.experiment.part == part
    ]


def as_data(path: Path) -> str:
    """A PNG as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
