"""How every figure looks: one colour for each network, readable from the last row and in greyscale, on white."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ann import ACTIVATIONS
from compare.activations import CELLS
from compare.files import whole
from compare.provenance import caption

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

# from the palette of Okabe & Ito (2008), which tells apart for the colour-blind; blue is also the darker of the two
ANN = "#0072B2"
BIO = "#D55E00"
GREY = "#666666"
WEIGHTS = "PRGn"  # green: what excites, or speaks for a unit; purple: what inhibits; as on the live page
LINES = {"current": "-", "lif": "--", "poisson": ":"}

SETTINGS: dict[str, Any] = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,  # a figure says itself how it is laid out
    "figure.dpi": 150,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "font.size": 10,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "legend.edgecolor": "none",
    "legend.fancybox": False,
    "legend.framealpha": 0.85,  # no grid line runs through its words
    "lines.linewidth": 2,
    "savefig.facecolor": "white",
    "svg.hashsalt": "neural-analogy",  # the same figure gives the same file
}

LETTERS_AN_INCH = 9  # of a figure's title

INPUT_NAMES = {"current": "steady current", "lif": "the eye's spikes", "poisson": "random spikes"}
NETWORK_NAMES = {name: ACTIVATIONS[name].title for name in CELLS}


@cache
def shades(colour: str) -> Colormap:
    """From white to a network's colour: more of it, more active."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(colour, ["white", colour])


@contextmanager
def styled() -> Iterator[None]:
    """Figures made inside follow `SETTINGS`, whatever the user's own matplotlib settings are."""
    from matplotlib import rc_context

    with rc_context(rc=SETTINGS):  # type: ignore[arg-type, unused-ignore]
        yield


def ink(colour: str, shade: float) -> str:
    """Black or white, whichever reads better on that much of a network's colour: 0 is white paper, 1 the colour."""
    channels = np.array(shades(colour)(shade)[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    return "black" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "white"  # WCAG's contrast


def headline(figure: Figure, finding: str) -> None:
    """Gives the figure its title, on as many lines as its width asks for, about equally long."""
    width, whole_terms = int(LETTERS_AN_INCH * figure.get_figwidth()), finding.replace(" = ", "\xa0=\xa0")
    lines = len(textwrap.wrap(whole_terms, width))
    even = next(least for least in range(1, width + 1) if len(textwrap.wrap(whole_terms, least)) <= lines)
    figure.suptitle(textwrap.fill(whole_terms, even).replace("\xa0", " "))


def save(figure: Figure, stem: Path) -> list[Path]:
    """Writes the figure as PNG and as SVG under a name given without its ending, each whole or not at all; in their
    metadata stands what makes them (`compare.provenance`)."""
    settle(figure)
    about = {"Description": caption()}
    written = [stem.with_name(stem.name + ending) for ending in (".png", ".svg")]
    for path, metadata in zip(written, ({"Software": None}, {"Date": None}), strict=True):
        with whole(path) as part:
            figure.savefig(part, metadata=metadata | about)
    return written


def settle(figure: Figure) -> None:
    """Lays the figure out for good, in steps of a ten-thousandth: rounding errors of the layout's solver differ from
    one time to the next, and SVG names its clip paths by every decimal. To be called within `styled`."""
    layout = figure.get_layout_engine()
    if layout is not None and figure.axes:
        layout.execute(figure)
    figure.set_layout_engine(None)  # "none" leaves something that makes `savefig` draw twice
    for part in figure.subfigs:
        part.bbox_relative.p0, part.bbox_relative.p1 = part.bbox_relative.get_points().round(4)
    for ax in figure.axes:
        locator = ax.get_axes_locator()
        if locator is not None:  # a colour bar's, which is placed as drawing places it
            ax.apply_aspect(locator(ax, None))  # type: ignore[arg-type, unused-ignore]
        left, bottom, width, height = (round(side, 4) for side in ax.get_position().bounds)
        ax.set_position((left, bottom, width, height))


def bare(axes: Axes | Sequence[Axes]) -> None:
    """Takes ticks, frame and grid away, for pictures that are not plots."""
    for ax in axes if isinstance(axes, Iterable) else [axes]:
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set_visible(False)
