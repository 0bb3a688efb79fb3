"""This project beside other ways to simulate the same spiking network: speed, and what it is worth in right answers.

    make bench                                              all of them, in an environment of its own
    python benchmarks/peers.py [--peers ours-numpy,snntorch] [--input current] [--digits 2000] [--threads 1]

The same trained network, digits, duration and steps for everyone, in turns, in one run; `benchmarks/README.md` tells
what each one's cells are. Prints a table for each input, and writes it with all numbers and a plot into a folder.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ann import MLP, Training, load_model
from compare.cache import trained_model
from compare.comparison import CALIBRATION_DIGITS
from compare.experiments.wording import sentence_case
from compare.provenance import made_by
from compare.style import BIO, GREY, headline, save, styled
from data import Digits, load_digits
from libraries import PEERS
from libraries.problem import INPUTS, Problem
from turns import Entry, in_turns
from usage import load

OURS = ("ours-numpy", "ours-cpp")  # what all are compared with
MANY = 1_000  # digits: of fewer, the plot says how many they were
SHOWN = {"current": "steady currents", "bernoulli": "random spikes"}
RATIOS = [f"÷ {name}" for name in OURS]
HEAD = (
    *("peer", "digits", "at once", "digits/s", "range", *RATIOS, "a core-second", *RATIOS),
    *("right %", "MLP %", "as ours %", "spikes", "input", "MB"),
)


def main() -> None:
    """Measures, prints, writes."""
    given = options()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait leave the cores to others
    names = given.peers.split(",")
    training, test = load_digits("train"), load_digits("test")
    model = load_model(given.model)[0] if given.model else trained_model(Training(), training)
    digits = test.spread(given.digits)
    calibration = training.spread(CALIBRATION_DIGITS).images
    before, results = load(), {}
    for name in given.input.split(","):
        problem = Problem(model, calibration, name, threads=given.threads)
        entries = in_turns(names, problem, digits, repeats=given.repeats, box=given.box)
        results[name] = [row(entry, entries, model, digits) for entry in entries]
        print(f"\n{name} input\n\n{table(results[name])}\n{missing(results[name])}", flush=True)
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    versions = {r["package"]: r["version"] for rows in results.values() for r in rows if "package" in r}
    about = machine | {
        "versions": versions,
        "threads": given.threads,
        "repeats": given.repeats,
        "load": [before, load()],
    }
    print(f"\n{about}")
    given.out.mkdir(parents=True, exist_ok=True)
    whole = json.dumps({"about": about, "inputs": results}, indent=1)
    (given.out / "peers.json").write_text(whole + "\n", encoding="utf-8")
    with styled(), made_by(given.command):
        save(figure(results), given.out / "peers")


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--peers", default=",".join(PEERS), help=f"which, with commas between: {', '.join(PEERS)}")
    parser.add_argument("--input", default=",".join(INPUTS), help="current, bernoulli, or both with a comma between")
    parser.add_argument("--digits", type=int, default=10_000, help="test digits; slow ones get fewer, see --box")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, in turns")
    parser.add_argument("--box", type=float, default=10.0, help="seconds that a run may take")
    parser.add_argument("--threads", type=int, default=2, help="threads, or worker processes, for each")
    parser.add_argument("--model", type=Path, help="a ReLU network of one hidden layer to use, .npz; else the default")
    parser.add_argument("--out", type=Path, default=Path("out/bench"), help="where peers.json and the plot go")
    given = parser.parse_args()
    for names, known in ((given.peers, PEERS), (given.input, INPUTS)):
        unknown = [name for name in names.split(",") if name not in known]
        if unknown:
            parser.error(f"there is no {', '.join(unknown)}: choose from {', '.join(known)}")
    asked = [f"--{name}={value}" for name, value in vars(given).items() if value != parser.get_default(name)]
    asked = [word for word in asked if not word.startswith("--out=")]
    given.command = f"{shlex.join(['python', 'benchmarks/peers.py', *asked])}  # seed 0"
    return given


def row(entry: Entry, entries: list[Entry], model: MLP, digits: Digits) -> dict[str, Any]:
    """One line of the table, as plain values; of one that is missing, only why."""
    if entry.missing or entry.answers is None:
        return {"peer": entry.name, "missing": entry.missing}
    shown = digits.spread(entry.digits)
    found = {name: getattr(entry, name) for name in ("package", "version", "cells", "batch", "digits", "rates")}
    return {
        "peer": entry.name,
        **found,
        "rate": float(np.median(entry.rates)),
        "rate_per_core": float(np.median(entry.per_core)),
        "ratios": ratios(entry, entries, "rates"),
        "ratios_per_core": ratios(entry, entries, "per_core"),
        "accuracy": float((entry.answers.classes == shown.labels).mean()),
        "mlp_accuracy": float((model.classify(shown.images) == shown.labels).mean()),
        "as_ours": as_ours(entry, entries, digits),
        "spikes": float(np.mean(entry.answers.spikes)),
        "input_spikes": float(np.mean(entry.answers.inputs)),
        "megabytes": entry.memory,
    }


def ratios(entry: Entry, entries: list[Entry], what: str) -> dict[str, float | None]:
    """How many times as fast it is as each of ours, the median over turns; None where there is nothing to tell."""
    found: dict[str, float | None] = dict.fromkeys(OURS)
    for other in entries:
        theirs = np.array(getattr(other, what))
        if other.name in OURS and not other.missing and theirs.all():
            found[other.name] = float(np.median(np.array(getattr(entry, what)) / theirs))
    return found


def as_ours(entry: Entry, entries: list[Entry], digits: Digits) -> float | None:
    """How often it gives the same answer as the first of ours that is there, of the digits that both were shown."""
    ours = next((other for other in entries if other.name.startswith("ours") and not other.missing), None)
    if ours is None or ours.answers is None or entry.answers is None:
        return None
    theirs = dict(zip(digits.spread(entry.digits).index.tolist(), entry.answers.classes.tolist(), strict=True))
    mine = dict(zip(digits.spread(ours.digits).index.tolist(), ours.answers.classes.tolist(), strict=True))
    both = [theirs[index] == mine[index] for index in theirs.keys() & mine.keys()]
    return float(np.mean(both)) if both else None


def table(rows: list[dict[str, Any]]) -> str:
    """The table in Markdown, fastest first."""
    lines = [f"| {' | '.join(HEAD)} |", f"|---|{'--:|' * (len(HEAD) - 1)}"]
    for r in sorted((r for r in rows if "rate" in r), key=lambda r: -r["rate"]):
        by_clock, by_core = (
            ["" if ratio is None else f"{ratio:.3g}" for ratio in r[name].values()]
            for name in ("ratios", "ratios_per_core")
        )
        cells = [
            r["peer"],
            f"{r['digits']:,}",
            f"{r['batch']:,}",
            f"{r['rate']:,.0f}",
            f"{min(r['rates']):,.0f}–{max(r['rates']):,.0f}",
            *by_clock,
            f"{r['rate_per_core']:,.0f}",
            *by_core,
            *(f"{100 * r[name]:.2f}" for name in ("accuracy", "mlp_accuracy")),
            "" if r["as_ours"] is None else f"{100 * r['as_ours']:.1f}",
            *(f"{r[name]:,.0f}" for name in ("spikes", "input_spikes", "megabytes")),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def missing(rows: list[dict[str, Any]]) -> str:
    """A line for each that has no result."""
    return "".join(f"\nmissing: {r['peer']} ({r['missing']})" for r in rows if "missing" in r)


def figure(results: dict[str, list[dict[str, Any]]]) -> Figure:
    """Speeds beside each other, a panel for each input."""
    drawn = Figure(figsize=(6 * len(results), 0.3 * max(map(len, results.values())) + 1.6), layout="constrained")
    for ax, (name, rows) in zip(drawn.subplots(1, len(results), squeeze=False)[0], results.items(), strict=True):
        speeds(ax, [r for r in rows if "rate" in r])
        ax.set_title(sentence_case(SHOWN[name]))
    headline(drawn, sentence_case("; ".join(fastest(SHOWN[name], rows) for name, rows in results.items())))
    return drawn


def fastest(name: str, rows: list[dict[str, Any]]) -> str:
    """Which is the fastest with an input, in a sentence."""
    ours, others = ([r for r in rows if "rate" in r and r["peer"].startswith("ours") is mine] for mine in (True, False))
    if not ours or not others:
        return f"{name}: digits a second, and how many are answered rightly"
    best, other = (max(some, key=lambda r: r["rate"]) for some in (ours, others))
    within = other["ratios"].get(best["peer"])  # a turn
    times = 1 / within if within else best["rate"] / other["rate"]
    return f"{name}: {best['peer']} reads {times:.1f} times as many digits a second as {other['peer']}"


def speeds(ax: Axes, rows: list[dict[str, Any]]) -> Axes:
    """A dot for each, ours in the colour of the spiking network, with its accuracy beside it."""
    rows = sorted(rows, key=lambda r: r["rate"])
    for place, r in enumerate(rows):
        ours = r["peer"].startswith("ours")
        ax.plot(r["rate"], place, "D" if ours else "o", color=BIO if ours else GREY, ms=7)
        few = f" of {r['digits']:,}" if r["digits"] < MANY else ""
        told = f"{100 * r['accuracy']:.1f} %{few}"
        ax.annotate(told, (r["rate"], place), (8, 0), textcoords="offset points", va="center", fontsize=8)
    ax.set_yticks(range(len(rows)), [r["peer"] for r in rows])
    ax.set(xscale="log", xlabel="digits a second (logarithmic); beside each: accuracy on them")
    ax.margins(x=0.2)
    return ax


if __name__ == "__main__":
    main()
