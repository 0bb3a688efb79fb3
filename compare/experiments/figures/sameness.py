"""Figures of how digits are told apart: distances between images, their separation by layer, the networks' likeness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.experiments.experiment import Drawing
from compare.experiments.sameness import Network, Result, grows, layers_of, spreads
from compare.style import ANN, BIO, GREY, headline

COLOURS = {"ann": ANN, "bio": BIO}


def draw(result: Result) -> Sequence[Drawing]:
    """The matrices of each pair; separation by layer, and likeness, of all."""
    return [*(matrices(result, network) for network in result.networks), summary(result)]


def matrices(result: Result, network: Network) -> Drawing:
    """Distances between some images, sorted by class: above in the standard network, below in the spiking one."""
    columns = len(network.ann)
    figure = Figure(figsize=(3.5 * columns + 0.8, 7.0), layout="constrained")
    axes = figure.subplots(2, columns, squeeze=False)
    shown = result.matrices[network.activation]
    for row, (kind, layers) in zip(axes, layers_of(network), strict=True):
        for ax, layer, matrix in zip(row, layers, shown[kind], strict=True):
            mesh = ax.imshow(matrix, cmap="cividis", vmin=0, vmax=1.2, interpolation="nearest")
            ticks = [np.flatnonzero(result.drawn == digit).mean() for digit in np.unique(result.drawn)]
            for setting in (ax.set_xticks, ax.set_yticks):
                setting(ticks, [str(digit) for digit in np.unique(result.drawn)])
            ax.grid(False)
            ax.set_title(
                f"{layer.name}: d' {spreads(layer.separation)}",
                color=COLOURS[kind] if layer.name != "pixels" else "black",
            )
        row[0].set_ylabel("standard network\ndigit" if kind == "ann" else "spiking network\ndigit")
    for ax in axes[1]:
        ax.set_xlabel("digit")
    figure.colorbar(mesh, ax=axes, label="distance: 1 - correlation of what two images evoke", shrink=0.6, extend="max")
    ends = [layers[-1].separation / layers[0].separation for _, layers in layers_of(network)]
    headline(figure, f"{network.name}: outputs separate digits {farther(*ends)}")
    alt = "; ".join(
        f"{'standard' if kind == 'ann' else 'spiking'} {layer.name}: {layer.within:.2f} within a digit, "
        f"{layer.between:.2f} between digits"
        for kind, layers in layers_of(network)
        for layer in layers
    )
    stem = f"sameness-{network.activation}"
    return Drawing(stem, figure, f"Mean distances of what images evoke, {network.name}. {alt}.")


def farther(ann: float, bio: float) -> str:
    """How many times as far as pixels do outputs separate digits, in both networks; nan where all evoke the same."""
    than = " as far as pixels do"
    first = "not at all" if np.isnan(ann) else f"{ann:.1f} times{than}"
    second = "not at all" if np.isnan(bio) else f"{bio:.1f} times{than if np.isnan(ann) else ''}"
    return f"{first} in the standard network, {second} in the spiking one"


def summary(result: Result) -> Drawing:
    """d' from layer to layer in each pair, and how alike their layers are."""
    columns = len(result.networks)
    figure = Figure(figsize=(3.6 * columns + 5.2, 4.4), layout="constrained")
    axes = figure.subplots(1, columns + 1, width_ratios=[1] * columns + [1.5])
    ends = [layer.interval[1] for n in result.networks for _, layers in layers_of(n) for layer in layers]
    most = max((end for end in ends if np.isfinite(end)), default=np.nan)
    for ax, network in zip(axes, result.networks, strict=False):
        separations(ax, network)
        ax.set_ylim(0, 1.1 * most if np.isfinite(most) else None)
    axes[0].set_ylabel("separation of digits d' (95 % interval)")
    likenesses(axes[-1], result)
    growing = sum(grows(layers) for network in result.networks for _, layers in layers_of(network))
    headline(figure, f"The deeper, the more alike are renditions of one digit: in {growing} of {2 * columns} networks")
    alt = "; ".join(
        f"{network.name} {found.name}: CKA {found.cka:.3f}, RSA {found.rsa:.2f}, p {found.rsa_p:.2g}, within classes "
        f"{found.rsa_p_within:.2g}"
        for network in result.networks
        for found in network.likeness
    )
    return Drawing("sameness", figure, f"Separation of digits by layer, and likeness of the two networks. {alt}.")


def separations(ax: Axes, network: Network) -> Axes:
    """d' by layer, with its interval, of both networks."""
    for (kind, layers), mark, style, name, shift in zip(
        layers_of(network), "os", ("-", "--"), ("standard", "spiking"), (-0.05, 0.05), strict=True
    ):
        places = np.arange(len(layers)) + shift
        values = np.array([layer.separation for layer in layers])
        ends = np.array([layer.interval for layer in layers]).T
        ax.errorbar(
            places,
            values,
            np.abs(ends - values),
            color=COLOURS[kind],
            ls=style,
            marker=mark,
            ms=6,
            capsize=3,
            label=name,
        )
    ax.set_xticks(range(len(network.ann)), [layer.name for layer in network.ann])
    ax.set(title=network.name, xlim=(-0.3, len(network.ann) - 0.7))
    ax.legend(loc="upper left")
    return ax


def likenesses(ax: Axes, result: Result) -> Axes:
    """CKA and RSA of each layer between the networks, with what shuffling leaves of them."""
    rows = [(network.name, found) for network in result.networks for found in network.likeness]
    for row, (_, found) in enumerate(rows):
        ax.plot(found.cka_interval, [row, row], color="black", lw=2)
        ax.plot(found.cka, row, "D", color="black", ms=7, label="CKA")
        ax.plot(found.cka_shuffled, row, "D", mfc="white", mec="black", ms=6, label="CKA, images shuffled")
        ax.plot(found.rsa, row + 0.25, "o", color=GREY, ms=8, label="RSA")
        ax.plot(found.rsa_by_class, row + 0.25, "o", mfc="white", mec=GREY, ms=7, label="RSA, shuffled in class")
    ax.set_yticks(range(len(rows)), [f"{name}, {found.name}" for name, found in rows])
    ax.set(xlim=(-0.04, 1.04), ylim=(len(rows) + 1.3, -0.6))
    ax.set(xlabel="likeness of the two networks (1: the same)", title="standard against spiking")
    ax.grid(visible=False, axis="y")
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles[:4], labels[:4], loc="lower left", ncols=2, fontsize=9)
    return ax
