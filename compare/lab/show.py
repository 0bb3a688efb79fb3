"""Figures in a sheet: drawn without pyplot, shown with words for who cannot see them, moved by sliders where possible.

Where nobody can move a slider (a sheet that is exported or scored, or no ipywidgets), the figure stands still.
"""

from __future__ import annotations

import functools
import io
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from matplotlib.figure import Figure

from compare.lab.kernel import STATIC
from compare.style import headline, styled

DOTS_AN_INCH = 130


def figure(width: float, height: float, *, moving: bool = False) -> Figure:
    """An empty figure (inches) that lays itself out; one that sliders move has fixed margins instead (in inches: left,
    and below 0.7 and 0.55; right 1.1, for a legend; above by the title, in `show`), since laying out takes as long as
    drawing."""
    if not moving:
        return Figure(figsize=(width, height), layout="constrained")
    drawing = Figure(figsize=(width, height))
    drawing.subplots_adjust(0.7 / width, 0.55 / height, 1 - 1.1 / width)
    return drawing


def show(drawing: Figure, finding: str, alt: str) -> Any:
    """The figure, ready to be the last line of a cell: `finding` becomes its title, `alt` tells what is to be seen."""
    from IPython.display import Image

    headline(drawing, finding)
    if drawing.get_layout_engine() is None:
        lines = drawing.get_suptitle().count("\n") + 1
        drawing.subplots_adjust(top=1 - (0.23 + 0.22 * lines) / drawing.get_figheight())  # inches
    return Image(data=png(drawing), format="png", alt=alt, width=round(96 * drawing.get_figwidth()))


def png(drawing: Figure) -> bytes:
    """The figure as a PNG file."""
    stream = io.BytesIO()
    drawing.savefig(stream, format="png", dpi=DOTS_AN_INCH, metadata={"Software": None})
    return stream.getvalue()


def explore(draw: Callable[..., Any], **ranges: tuple[float, float, float, float]) -> Any:
    """What `draw` shows, with a slider for each of its arguments: (from, to, step, at first).

    draw  keyword arguments → what `show` returns
    """
    first = {name: values[3] for name, values in ranges.items()}
    if STATIC in os.environ:
        return draw(**first)
    try:
        import ipywidgets
    except ImportError:
        return draw(**first)
    sliders = {name: slider(ipywidgets, name, *values) for name, values in ranges.items()}
    start = draw(**first)
    picture = ipywidgets.Image(value=start.data, format="png", width=start.width)

    def moved(change: Any) -> None:
        picture.value = draw(**{name: moving.value for name, moving in sliders.items()}).data

    for moving in sliders.values():
        moving.observe(moved, names="value")
    return ipywidgets.VBox([*sliders.values(), picture])


def slider(widgets: Any, name: str, low: float, high: float, step: float, first: float) -> Any:
    """A slider of whole numbers where all are whole, else one that shows as many decimals as its step has."""
    range_of = {"value": first, "min": low, "max": high, "step": step, "description": name}
    if all(isinstance(value, int) for value in (low, high, step, first)):
        return widgets.IntSlider(**range_of)
    decimals = max(0, -int(Decimal(str(step)).as_tuple().exponent))
    return widgets.FloatSlider(**range_of, readout_format=f".{decimals}f")


def in_style(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Makes all that a function draws follow the project's style."""

    @functools.wraps(draw)
    def drawn(*arguments: Any, **options: Any) -> Any:
        with styled():
            return draw(*arguments, **options)

    return drawn
