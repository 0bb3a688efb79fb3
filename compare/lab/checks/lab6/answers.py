"""When a digit is decided, and a race to a lead: tasks 6.1 and 6.2."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, wrong
from compare.lab.checks.lab6.student import LAB, Lab6

Array = np.ndarray


@LAB.task(
    "6.1",
    "when a digit is decided",
    points=2,
    hints=(
        "Take one row. The verdict may come, go and come again: look at it from its *end*.",
        "Where does the row differ from its last verdict? It is decided one sample after the last such place; at the "
        "first sample if there is none.",
        "With places = np.flatnonzero(row != row[-1]), the sample is places[-1] + 1; or 0 where there are none.",
    ),
)
def check_decision_time(me: Lab6, decision_time: Any) -> str:
    """From which sample on the verdict stays."""
    rng = np.random.default_rng(me.seed)
    times = np.array([4.0, 9.0, 13.0, 20.0, 26.0, 40.0])
    rows = [[3, 3, 3, 3, 3, 3], [1, 2, 2, 2, 2, 2], [2, 1, 2, 2, 2, 2], [1, 1, 1, 1, 1, 2], [5, 7, 5, 5, 8, 5]]
    verdicts = np.vstack([rows, rng.integers(0, 3, (5, 6))])
    given = function(decision_time, "decision_time")(verdicts, times)
    if np.ndim(given) == 0:
        wrong("One number comes back for many digits: each row is a digit, with a time of its own.")
    found = array(given, "decision_time(verdicts, times)", (len(verdicts),), "one time a digit")
    final = verdicts[:, -1:]
    last = np.array([max(np.flatnonzero(row != row[-1]), default=-1) for row in verdicts])
    changes = np.array([max(np.flatnonzero(np.diff(row) != 0), default=-1) for row in verdicts])
    first_change = np.array([min(np.flatnonzero(np.diff(row) != 0), default=4) + 1 for row in verdicts])
    right = times[last + 1]
    mistakes = {
        "That is when the final verdict is heard for the first time; it may be taken back once more.": times[
            (verdicts == final).argmax(axis=1)
        ],
        "These are places in the list: look up their times.": last + 1,
        "That is the last sample at which the verdict was still another one: it is decided one sample later.": times[
            last
        ],
        "That is when the verdict changes for the first time; what counts is the last time.": times[first_change],
        "These are numbers of changes, not times.": (np.diff(verdicts) != 0).sum(axis=1),
        "That is the end for every digit: most are decided long before.": np.full(len(verdicts), times[-1]),
        "A digit whose verdict never changes is decided at the first sample.": np.where(last < 0, 0, right),
        "A digit whose verdict never changes is decided at the first sample, not at the last.": np.where(
            changes < 0, times[-1], right
        ),
    }
    agree(found, right, mistakes, f"For the verdicts {rows[2]} at {times.tolist()} ms yours says {found[2]:g}.")
    return ""


@LAB.task(
    "6.2",
    "a race with a winner",
    points=2,
    hints=(
        "In each row, who leads, and by how much over the second?",
        "np.sort(counts, axis=1) brings the two largest to the end of each row. Where is their gap `lead` or more? "
        "np.argmax of True and False gives the first True, but 0 where there is none.",
        "gap = s[:, -1] − s[:, -2]; row = np.argmax(gap >= lead) if (gap >= lead).any() else len(counts) − 1; the "
        "answer is counts[row].argmax().",
    ),
)
def check_race(me: Lab6, race: Any) -> str:
    """The first row with a lead, and who has it."""
    asked, rng = function(race, "race"), np.random.default_rng(me.seed)
    cases = [(run(rng, favourite), lead) for favourite, lead in ((3, 1), (7, 2), (5, 3), (8, me.lead), (2, 4), (4, 2))]
    cases += [(overtaken(), 3), (run(rng, 6), 40)]
    found = np.array([array(asked(*case), "race(counts, lead)", (2,), "row and answer") for case in cases])
    right = np.array([first_row(gap(counts) >= lead, counts) for counts, lead in cases])
    never = np.array([(0, int(case[0][0].argmax())) for case in cases[-1:]])
    plain = [counts for counts, _ in cases]
    if np.array_equal(found[:-1], right[:-1]):
        agree(
            found[-1:],
            right[-1:],
            {
                "Where nobody ever leads by so much, you stop at the very first row: wait until the last.": never,
                "Where nobody ever leads by so much, you give no answer: take the leader of the last row.": np.array(
                    [(len(plain[-1]) - 1, 0)]
                ),
            },
            "Where nobody ever leads by so much, the last row decides: its place, and who leads there.",
        )
    per_step = [np.diff(counts, axis=0, prepend=0) for counts in plain]
    mistakes = {
        "You stop when someone has *fired* so often; here the leader must be ahead of the second by so much.": [
            first_row(counts.max(axis=1) >= lead, counts) for counts, lead in cases
        ],
        "You ask for more than the lead; as much is enough.": [first_row(gap(c) > lead, c) for c, lead in cases],
        "The row is right, but the answer is that of the end: who leads when the race is stopped?": [
            (row, int(c[-1].argmax())) for (row, _), c in zip(right, plain, strict=True)
        ],
        "Row first, then the answer.": right[:, ::-1],
        "Rows are counted from 0 here.": right + np.array([1, 0]),
        "The leader must be ahead of the second, not of the last or the mean.": [
            first_row(c.max(axis=1) - c.min(axis=1) >= lead, c) for c, lead in cases
        ],
        "Ahead of the mean is not ahead of the second.": [
            first_row(c.max(axis=1) - c.mean(axis=1) >= lead, c) for c, lead in cases
        ],
        "The counts add up already: each row tells all spikes so far.": [
            first_row(gap(c) >= lead, c) for c, (_, lead) in zip(per_step, cases, strict=True)
        ],
        "The counts add up already: each row tells all spikes so far, and you add them up once more.": [
            first_row(gap(c.cumsum(axis=0)) >= lead, c) for c, lead in cases
        ],
    }
    wrongs = int(np.argmax((found != right).any(axis=1)))
    otherwise = (
        f"In a race of mine with a lead of {cases[wrongs][1]} it is row {right[wrongs][0]}; yours stops in row "
        f"{found[wrongs][0]:g} and says {found[wrongs][1]:g}."
    )
    agree(found[:-1], right[:-1], {text: np.array(value)[:-1] for text, value in mistakes.items()}, otherwise)
    return ""


def run(rng: np.random.Generator, favourite: int) -> Array:
    """Spike counts (60, 10) in a race in which a rival starts well, and one cell wins."""
    chances = np.full((60, 10), 0.03)
    chances[:, favourite] = 0.4
    chances[:12, (favourite + 3) % 10] = 0.3
    chances[:6] = 0.1
    return (rng.random((60, 10)) < chances).cumsum(axis=0)


def overtaken() -> Array:
    """Spike counts (60, 10) in a race whose early leader loses in the end."""
    since = np.arange(60)
    counts = np.zeros((60, 10), int)
    counts[:, 2], counts[:, 9] = np.minimum(since, 6), np.maximum(since - 10, 0)
    return counts


def gap(counts: Array) -> Array:
    """By how much the leader of each row is ahead of the second."""
    ordered = np.sort(counts, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def first_row(hit: Array, counts: Array) -> tuple[int, int]:
    """The first row that is hit, or the last, and who leads there."""
    row = int(hit.argmax()) if hit.any() else len(counts) - 1
    return row, int(counts[row].argmax())
