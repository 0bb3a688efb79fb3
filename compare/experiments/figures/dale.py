"""Figure of Dale's law: accuracies under each law, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.experiments.dale import Result, Under, finding
from compare.experiments.experiment import Drawing, by_activation
from compare.style import ANN, BIO, NETWORK_NAMES, headline

LAW_NAMES = {"free": "no law", "hidden": "hidden units\nkeep a sign", "strict": "pixels too:\nthey excite"}


def draw(result: Result) -> Sequence[Drawing]:
    """A row for each network: accuracies under each law, and what it costs."""
    by_network = by_activation(result.networks)
    figure = Figure(figsize=(10.5, 3.2 * len(by_network) + 0.8), layout="constrained")
    axes = figure.subplots(len(by_network), 2, squeeze=False)
    for (left, right), (activation, networks) in zip(axes, by_network.items(), strict=True):
        accuracies(left, networks)
        prices(right, [network for network in networks if network.law != "free"])
        left.set_ylabel(f"{NETWORK_NAMES[activation]}\naccuracy (%)")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", fontsize=9)
    figure_title = "; ".join(
        f"{NETWORK_NAMES[n.activation]} "
        + (
            "none to tell (it did not learn)"
            if n.unlearned
            else f"{100 * n.ann_cost[0]:+.2f} (MLP) and {100 * n.bio_cost[0]:+.2f} (spiking)"
        )
        for n in result.networks
        if n.law == "hidden"
    )
    headline(figure, f"What Dale's law on hidden units costs, in points: {figure_title}")
    return [Drawing("dale", figure, finding(result))]


def accuracies(ax: Axes, networks: Sequence[Under]) -> Axes:
    """Means with intervals, and each seed as a dot."""
    for shift, colour, mark, name in ((-0.12, ANN, "o", "MLP"), (0.12, BIO, "s", "spiking")):
        for x, network in enumerate(networks):
            mean, low, high = network.ann if name == "MLP" else network.bio
            seeds = network.ann_seeds if name == "MLP" else network.bio_seeds
            label = (
                f"{name} (mean of {len(seeds)} seed{'s' if len(seeds) > 1 else ''}, 95 % over digits; dots: seeds)"
                if not x
                else None
            )
            bounds = [[100 * (mean - low)], [100 * (high - mean)]]
            ax.errorbar(x + shift, 100 * mean, yerr=bounds, fmt=mark, color=colour, capsize=4, ms=7, label=label)
            ax.plot([x + shift + 0.07] * len(seeds), 100 * np.array(seeds), ".", color=colour, ms=5)
    ax.set_xticks(range(len(networks)), [law_name(network) for network in networks])
    ax.margins(x=0.15, y=0.12)
    ax.grid(visible=False, axis="x")
    ax.set_title("Accuracy on test digits")
    return ax


def law_name(network: Under) -> str:
    """What to call its law, and whether it was in vain."""
    return LAW_NAMES[network.law] + ("\n(did not learn)" if network.unlearned else "")


def prices(ax: Axes, networks: Sequence[Under]) -> Axes:
    """Points lost against no law, on the same digits."""
    for shift, colour, mark, name in ((-0.12, ANN, "o", "MLP"), (0.12, BIO, "s", "spiking")):
        for x, network in enumerate(networks):
            mean, low, high = (100 * v for v in (network.ann_cost if name == "MLP" else network.bio_cost))
            ax.errorbar(x + shift, mean, yerr=[[mean - low], [high - mean]], fmt=mark, color=colour, capsize=4, ms=7)
            side, away = ("right", -8) if shift < 0 else ("left", 8)
            ax.annotate(
                f"{mean:+.2f}", (x + shift, mean), (away, 0), textcoords="offset points", va="center", ha=side,
                bbox={"fc": "white", "ec": "none", "pad": 0.5},
            )  # fmt: skip
    ax.axhline(0, color="black", lw=1)
    ax.set_xticks(range(len(networks)), [law_name(network) for network in networks])
    ax.set_xlim(-0.5, len(networks) - 0.5)
    ax.set_ylabel("lost against no law\n(points, 95 % interval)")
    ax.grid(visible=False, axis="x")
    ax.set_title("Lost under the law, on the same digits")
    return ax
