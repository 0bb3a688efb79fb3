"""How every figure looks: one colour for each network, readable from the last row and in greyscale, on white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure

# from the palette of Okabe & Ito (2008), which tells apart for the colour-blind; blue is also the darker of the two
ANN = "#0072B2"
BIO = "#D55E00"
GREY = "#666666"
LINES = {"current": "-", "lif": "--", "poisson": ":"}

SETTINGS: dict[str, Any] = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "figure.dpi": 150,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "font.size": 10,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "savefig.facecolor": "white",
    "svg.hashsalt": "neural-analogy",  # the same figure gives the same file
}

INPUT_NAMES = {"current": "steady current", "lif": "the eye's spikes", "poisson": "random spikes"}
NETWORK_NAMES = {"relu": "ReLU", "sigmoid": "sigmoid"}


def shades(colour: str) -> Colormap:
    """From white to a network's colour: more of it, more active."""
    return LinearSegmentedColormap.from_list(colour, ["white", colour])


@contextmanager
def styled() -> Iterator[None]:
    """Figures made inside follow `SETTINGS`, whatever the user's own matplotlib settings are."""
    with rc_context(rc=SETTINGS):  # type: ignore[arg-type, unused-ignore]
        yield


def save(figure: Figure, stem: Path) -> list[Path]:
    """Writes the figure as PNG and as SVG under a name given without its ending, each whole or not at all."""
    written = []
    for ending, metadata in ((".png", {"Software": None}), (".svg", {"Date": None})):
        part = stem.with_name(f".{stem.name}.part{ending}")
        figure.savefig(part, metadata=metadata)
        written.append(part.replace(stem.with_name(stem.name + ending)))
    return written


def bare(axes: Axes | Sequence[Axes]) -> None:
    """Takes ticks, frame and grid away, for pictures that are not plots."""
    for ax in [axes] if isinstance(axes, Axes) else axes:
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set_visible(False)
