"""The figures of one cell: simulation beside theory, the map from ReLU to sigmoid, and its curve over both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compare.neuron.curves_figure import curves_figure
from compare.neuron.map import NeuronMap
from compare.neuron.map_figure import map_figure
from compare.neuron.rates import Measured
from compare.neuron.theory_figure import theory_figure
from compare.style import save, styled


def draw_neuron(measured: Sequence[Measured], maps: Sequence[NeuronMap], out: Path) -> list[Path]:
    """Draws the three figures into a folder that exists; the files written. The first map is the one drawn, the second
    shows what another range of drives does to the fits."""
    with styled():
        figures = {
            "theory": theory_figure(measured),
            "map": map_figure(*maps),
            "curves": curves_figure(maps[0].low, maps[0].high),
        }
        return [path for stem, figure in figures.items() for path in save(figure, out / stem)]
