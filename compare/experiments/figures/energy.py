"""Figures of the energy: each way of computing by its parts, and the number of spikes at which their costs meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compare.experiments.energy import Ledger, Result, counted, finding
from compare.experiments.experiment import Drawing, by_activation
from compare.experiments.wording import twin_name
from compare.style import ANN, BIO, GREY, INPUT_NAMES, NETWORK_NAMES, headline


def draw(result: Result) -> Sequence[Drawing]:
    """The bill by parts, and the spikes at which bills meet."""
    return [bills(result), meetings(result)]


def bills(result: Result) -> Drawing:
    """A stacked bar for each way of computing."""
    networks = by_activation(result.ledgers)
    figure = Figure(figsize=(10, 2.9 * len(networks) + 1.2), layout="constrained")
    axes = figure.subplots(len(networks), 1, squeeze=False, sharex=True)[:, 0]
    for ax, (activation, ledgers) in zip(axes, networks.items(), strict=True):
        bill(ax, ledgers)
        ax.set_title(NETWORK_NAMES[activation])
    axes[-1].set_xlabel("energy (nJ a digit, 45 nm, arithmetic only); line: 95 % of digits")
    axes[0].legend(loc="upper right", fontsize=9)
    headline(figure, counted(result).rstrip("."))
    return Drawing("energy", figure, finding(result))


def bill(ax: Axes, ledgers: Sequence[Ledger]) -> Axes:
    """The bars of one network: two of the MLP, then one for each input of its twin."""
    rows = [(cost.name, ANN, cost) for cost in ledgers[0].costs[:2]]
    rows += [(f"spiking, {INPUT_NAMES[ledger.input]}", BIO, ledger.costs[3]) for ledger in ledgers]
    labels = ("first layer's weights", "weights above", "the cells' updates")
    for row, (_, colour, cost) in enumerate(rows):
        left = 0.0
        for part, label, alpha, hatch in zip(cost.parts, labels, (1, 0.6, 0.25), ("", "", "//"), strict=True):
            ax.barh(row, part, left=left, height=0.62, color=colour, alpha=alpha, hatch=hatch, ec="white", lw=0.6)
            if row == 2:
                ax.barh(row, 0, color=GREY, alpha=alpha, hatch=hatch, ec="white", label=label)
            left += part
        ax.plot([cost.low, cost.high], [row, row], color="black", lw=1.3)
        before = f"{sum(cost.parts[:2]):.0f}, with updates " if cost.updates else ""
        ax.annotate(f"{before}{left:.0f}", (max(left, cost.high), row), (5, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(rows)), [name for name, *_ in rows])
    ax.set_xlim(0, 1.32 * max(cost.high for _, _, cost in rows))
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    return ax


def meetings(result: Result) -> Drawing:
    """A panel for each network and input: energy over spikes, and where it meets the MLP's."""
    activations = list(by_activation(result.ledgers))
    columns = len(result.ledgers) // len(activations)
    figure = Figure(figsize=(4.2 * columns, 3.2 * len(activations) + 1), layout="constrained")
    axes = figure.subplots(len(activations), columns, squeeze=False)
    for ax, ledger in zip(axes.ravel(), result.ledgers, strict=True):
        meeting(ax, ledger)
    for row in axes:
        row[0].set_ylabel("energy (nJ a digit)")
    for ax in axes[-1]:
        ax.set_xlabel("spikes a digit (input and hidden)")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=9)
    over = [f"{INPUT_NAMES[x.input]} {many(x.break_even[0])}" for x in result.ledgers[:columns]]
    headline(
        figure,
        f"Spikes at which a {NETWORK_NAMES[activations[0]]} twin costs what its dense MLP does: " + ", ".join(over),
    )
    said = [
        f"{twin_name(x.activation, x.input)}: {x.spikes:.0f} spikes a digit; break-even with the "
        f"dense MLP at {many(x.break_even[0])} ({many(x.break_even[1])} with updates), with the zero-skipping one at "
        f"{many(x.break_even[2])} ({many(x.break_even[3])})"
        for x in result.ledgers
    ]
    return Drawing("energy-break-even", figure, "Energy over spikes. " + "; ".join(said) + ".")


def many(spikes: float | None) -> str:
    """A number of spikes, in words where there is none."""
    return "never" if spikes is None else f"{spikes:,.0f}"


def meeting(ax: Axes, ledger: Ledger) -> Axes:
    """Energy over spikes for one twin, against both MLPs, with the twin as it is."""
    dense, skipping, plain, full = ledger.costs
    meets = [spikes for spikes in ledger.break_even if spikes is not None]
    right = 1.22 * max([*meets, ledger.spikes])
    x, update = np.array([0, right]), full.parts[2]
    for mlp, style in ((dense, "-"), (skipping, "--")):
        ax.axhline(mlp.energy, color=ANN, ls=style, lw=1.5, label=mlp.name)
    ax.plot(x, ledger.fixed + ledger.per_spike * x, color=BIO, label="spikes")
    ax.plot(x, ledger.fixed + update + ledger.per_spike * x, color=BIO, ls="--", label="spikes + updates")
    ax.plot(
        [ledger.spikes] * 2, [plain.energy, full.energy], "o", color=BIO, mec="black", ms=7, label="the twin as it is"
    )
    for number, spikes in enumerate(ledger.break_even):
        if spikes is None:
            continue
        height = (dense, skipping)[number // 2].energy
        ax.plot(spikes, height, "x", color="black", ms=7, mew=1.8, zorder=4)
        above = number % 2 and spikes > 0.15 * right  # left of the upper line there is none
        place, side = ((-4, 5), "right") if above else ((4, -12), "left")
        ax.annotate(f"{spikes:,.0f}", (spikes, height), place, textcoords="offset points", fontsize=8.5, ha=side)
    top = max(dense.energy, full.high)
    ax.set(xlim=(0, right), ylim=(0, 1.3 * top))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.set_title(f"{twin_name(ledger.activation, ledger.input)}: {ledger.spikes:,.0f} spikes")
    return ax
