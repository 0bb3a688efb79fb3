"""Who breaks Dale's law, and weights that keep it: tasks 6.5 and 6.6."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.lab.checks.expect import agree, array, function, number, wrong
from compare.lab.checks.lab6.student import LAB, Lab6

Array = np.ndarray


def counted(weights: Array) -> tuple[float, dict[str, float]]:
    """How many units send both signs, and what typical mistakes come to, by message."""
    up, down = weights > 0, weights < 0
    breaks = up.any(axis=1) & down.any(axis=1)
    return int(breaks.sum()), {
        "You look at what each unit *receives*: there both signs may well meet. Look at what it sends.": int(
            (up.any(axis=0) & down.any(axis=0)).sum()
        ),
        "These are the units that keep the law.": int((~breaks).sum()),
        "That is the share of the units; asked for is how many.": breaks.mean(),
        "You count synapses; asked for are units.": int(np.minimum(up.sum(axis=1), down.sum(axis=1)).sum()),
        "You count all negative synapses: a unit that only inhibits keeps the law.": int(down.sum()),
        "You count all units with some inhibition: one that only inhibits keeps the law.": int(down.any(axis=1).sum()),
        "You count all units with some excitation: one that only excites keeps the law.": int(up.any(axis=1).sum()),
        "A weight of 0 has no sign: a unit with weights of one sign and some zeros keeps the law.": int(
            (~(up.all(axis=1) | down.all(axis=1))).sum()
        ),
    }


def some_weights(me: Lab6) -> Array:
    """A layer (16, 5) in which units excite, inhibit, do both or nothing, such that no two counts agree."""
    rng = np.random.default_rng(me.seed)
    while True:
        kinds = rng.choice(["both", "excite", "inhibit", "none"], 16, p=[0.3, 0.35, 0.25, 0.1])
        weights = rng.standard_normal((16, 5)) * (rng.random((16, 5)) < 0.75)
        weights[kinds == "excite"] = np.abs(weights[kinds == "excite"])
        weights[kinds == "inhibit"] = -np.abs(weights[kinds == "inhibit"])
        weights[kinds == "none"] = 0
        right, mistakes = counted(weights)
        if len({right, *mistakes.values()}) == 1 + len(mistakes):
            return weights


@LAB.task(
    "6.5",
    "who breaks Dale's law",
    points=1,
    hints=(
        "weights[i] are all weights that unit i *sends*. When does it break the law?",
        "It breaks it if some of them are positive and some are negative. A weight of 0 is no synapse.",
        "((weights > 0).any(axis=1) & (weights < 0).any(axis=1)).sum()",
    ),
)
def check_violators(me: Lab6, violators: Any) -> str:
    """Rows with both signs."""
    weights = some_weights(me)
    found = number(function(violators, "violators")(weights), "violators(weights)")
    right, mistakes = counted(weights)
    agree(found, right, mistakes, f"In a layer of 16 units of mine {right} send both signs, and you count {found:g}.")
    return ""


@LAB.task(
    "6.6",
    "weights that keep the law",
    points=2,
    hints=(
        "Which weights may stay as they are? What is the nearest value that the law allows the others?",
        "A weight is wrong if it and the sign of its *row* have opposite signs. The nearest allowed value is 0.",
        "np.where(weights * signs[:, None] < 0, 0, weights)",
    ),
)
def check_project(me: Lab6, project: Any) -> str:
    """What has the wrong sign becomes 0."""
    weights = np.random.default_rng(me.unit).standard_normal((6, 6))
    signs = np.array([1, -1, 1, 1, -1, 1])
    given = weights.copy()
    asked = function(project, "project", copies=False)
    found = array(asked(given, signs.copy()), "project(weights, signs)", (6, 6), "units, targets")
    if not np.array_equal(given, weights):
        wrong("The weights that were given are changed, too: make new ones, so that before and after can be compared.")
    s = signs[:, None]
    mistakes = {
        "You turn the wrong ones round: that is far from what was learned. Which allowed value is nearest?": np.abs(
            weights
        )
        * s,
        "Rows and columns are mixed up: a sign belongs to the unit that sends, a row.": np.where(
            weights * signs < 0, 0, weights
        ),
        "You keep what breaks the law, and silence what keeps it.": np.where(weights * s < 0, weights, 0),
        "All that inhibits is gone: some units are meant to inhibit.": np.maximum(weights, 0),
        "You have changed the sign of what the inhibitory units send, not what is allowed.": weights * s,
        "The inhibitory units' weights come out positive.": np.maximum(weights * s, 0),
        "Nothing has changed.": weights,
    }
    agree(
        found,
        np.where(weights * s < 0, 0, weights),
        mistakes,
        "Some weight is not the nearest one that its sign allows.",
    )
    return ""
