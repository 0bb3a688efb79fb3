"""What the live page paints: each mark on its canvases as it was asked for, and the pixels that came of it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

# Places are kept in pixels of the page, from the corner of their canvas; what lies under a new ground is forgotten.
RECORDER = """() => {
  const pens = CanvasRenderingContext2D.prototype;
  const [painted, paths, clips, images] = [{}, new WeakMap(), new WeakMap(), []];
  window.painted = painted;
  window.images = images;
  const scale = ({ canvas }) => canvas.clientWidth / canvas.width;
  const at = (pen, x, y) => {
    const place = pen.getTransform().transformPoint({ x, y });
    return [place.x * scale(pen), place.y * scale(pen)];
  };
  const rounded = (number) => Number(number.toPrecision(6)); // a canvas keeps widths of lines in 32 bits
  const long = (pen, length) => rounded(length * Math.abs(pen.getTransform().a) * scale(pen));
  const box = (pen, x, y, width, height) => [...at(pen, x, y), ...at(pen, x + width, y + height)];
  const parts = (pen) => paths.get(pen) ?? paths.set(pen, []).get(pen);

  function note(pen, kind, what) {
    const { id, width, height } = pen.canvas;
    if (!id) return;
    painted[id] ??= [];
    const ground = [0, 0, width * scale(pen), height * scale(pen)];
    const covers = kind === "fill" && what.box?.every((edge, k) => Math.abs(edge - ground[k]) < 0.01);
    if (covers && pen.globalAlpha === 1) painted[id] = [];
    const ink = kind === "stroke" ? pen.strokeStyle : pen.fillStyle;
    painted[id].push({ kind, ink, alpha: pen.globalAlpha, clip: clips.get(pen)?.at(-1) ?? null, ...what });
  }

  const pencil = (pen) => ({ width: long(pen, pen.lineWidth), dash: pen.getLineDash().map((one) => long(pen, one)) });
  const heard = {
    beginPath: (pen) => paths.set(pen, []),
    moveTo: (pen, x, y) => parts(pen).push({ points: [at(pen, x, y)] }),
    lineTo: (pen, x, y) => {
      if (!parts(pen).at(-1)?.points) parts(pen).push({ points: [] });
      parts(pen).at(-1).points.push(at(pen, x, y));
    },
    arc: (pen, x, y, radius, start, end) => {
      if (end - start < 2 * Math.PI - 1e-9) note(pen, "part of a circle", {});
      parts(pen).push({ circle: [...at(pen, x, y), long(pen, radius)] });
    },
    rect: (pen, ...sides) => parts(pen).push({ box: box(pen, ...sides) }),
    fill: (pen) => parts(pen).forEach((part) => note(pen, "fill", part)),
    stroke: (pen) => parts(pen).forEach((part) => note(pen, "stroke", { ...pencil(pen), ...part })),
    fillRect: (pen, ...sides) => note(pen, "fill", { box: box(pen, ...sides) }),
    strokeRect: (pen, ...sides) => note(pen, "stroke", { ...pencil(pen), box: box(pen, ...sides) }),
    fillText: (pen, text, x, y) =>
      note(pen, "text", { text, at: at(pen, x, y), align: pen.textAlign, base: pen.textBaseline, font: pen.font }),
    drawImage: (pen, source, ...sides) => {
      if (pen.canvas.id) note(pen, "image", { source: images.push(source) - 1, box: box(pen, ...sides) });
    },
    save: (pen) => clips.set(pen, [...(clips.get(pen) ?? [null]), clips.get(pen)?.at(-1) ?? null]),
    restore: (pen) => clips.get(pen).pop(),
    clip: (pen) => (clips.get(pen)[clips.get(pen).length - 1] = parts(pen)[0].box),
  };
  const others = ["arcTo", "bezierCurveTo", "clearRect", "ellipse", "putImageData", "quadraticCurveTo", "roundRect"];
  for (const name of [...others, "strokeText"]) heard[name] = (pen) => note(pen, name, {});
  for (const [name, hear] of Object.entries(heard)) {
    const own = pens[name];
    pens[name] = function (...given) {
      hear(this, ...given);
      return own.apply(this, given);
    };
  }
}"""
KINDS = {"fill", "stroke", "text", "image"}


@dataclass(frozen=True)
class Mark:
    """A mark on a canvas: a line through points, a circle (x, y, radius), a box (left, top, right, bottom), also of an
    image, or a text.
    """

    kind: str
    ink: str
    alpha: float
    clip: tuple[float, ...] | None = None
    points: tuple = ()
    circle: tuple[float, ...] = ()
    box: tuple[float, ...] = ()
    width: float = 0.0
    dash: tuple[float, ...] = ()
    text: str = ""
    at: tuple[float, ...] = ()
    align: str = ""
    base: str = ""
    font: str = ""
    source: int = -1

    @property
    def middle(self) -> np.ndarray:
        """Of its box."""
        return np.reshape(self.box, (2, 2)).mean(axis=0)

    @property
    def size(self) -> np.ndarray:
        """Of its box, across and down."""
        return np.ptp(np.reshape(self.box, (2, 2)), axis=0)

    @property
    def is_bold(self) -> bool:
        return self.font.startswith("bold ")


@dataclass(frozen=True, eq=False, repr=False)
class Painting:
    """The marks on each canvas, and the colours of the style sheet."""

    marks: dict[str, list[Mark]]
    colour: dict[str, str]

    def texts(self, canvas: str) -> list[Mark]:
        return [mark for mark in self.marks[canvas] if mark.kind == "text" and mark.text]

    def boxes(self, canvas: str, *inks: str) -> list[Mark]:
        """Boxes filled with one of these colours, or any."""
        wanted = {self.colour[ink] for ink in inks or self.colour}
        return [mark for mark in self.marks[canvas] if mark.kind == "fill" and mark.box and mark.ink in wanted]

    def lines(self, canvas: str, ink: str, **looks: Any) -> list[Mark]:
        """Lines of a colour, and of such looks."""
        alike = [m for m in self.marks[canvas] if m.kind == "stroke" and m.points and m.ink == self.colour[ink]]
        return [mark for mark in alike if all(getattr(mark, name) == look for name, look in looks.items())]

    def circles(self, canvas: str, kind: str) -> list[Mark]:
        return [mark for mark in self.marks[canvas] if mark.kind == kind and mark.circle]

    def axis(self, canvas: str, *, upright: bool = False) -> np.polynomial.Polynomial:
        """Pixels of values, by the numbers at an axis; these grow to the right, or upwards."""
        ticks = [mark for mark in self.texts(canvas) if (mark.align == "right" if upright else mark.base == "top")]
        values = np.array([float(mark.text.replace("−", "-")) for mark in ticks])
        places = np.array([mark.at[upright] for mark in ticks])
        line = np.polynomial.Polynomial.fit(values, places, 1).convert()
        np.testing.assert_allclose(line(values), places, atol=0.01)
        assert bool(line.coef[1] < 0) == upright
        return line


def marks_on(page: Any) -> dict[str, list[Mark]]:
    """All marks on each canvas, in the order of their painting; a kind that nobody here knows fails the test."""
    found = json.loads(page.evaluate("JSON.stringify(painted)"))
    marks = {name: [Mark(**{key: fixed(one[key]) for key in one}) for one in some] for name, some in found.items()}
    unknown = {mark.kind for some in marks.values() for mark in some} - KINDS
    assert not unknown, unknown
    return marks


def fixed(value: Any) -> Any:
    """Lists as tuples."""
    return tuple(map(fixed, value)) if isinstance(value, list) else value


def pictures_of(page: Any, names: list[str]) -> dict[str, np.ndarray]:
    """The pixels of canvases (down, across, 3), as bytes."""
    addresses = page.evaluate("(names) => names.map((name) => document.getElementById(name).toDataURL())", names)
    return {
        name: pixels_of(base64.b64decode(text.partition(",")[2])) for name, text in zip(names, addresses, strict=True)
    }


def pixels_of(png: bytes) -> np.ndarray:
    """The pixels of a PNG (down, across, 3), as bytes."""
    with Image.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def colours_of(page: Any, *names: str) -> dict[str, str]:
    """The colours of the style sheet."""
    style = "getComputedStyle(document.documentElement)"
    return page.evaluate(
        f"(names) => Object.fromEntries(names.map((n) => [n, {style}.getPropertyValue(`--${{n}}`)]))", names
    )


def mixed(below: str, above: str, opacity: np.ndarray) -> np.ndarray:
    """The colour, in bytes, where one of some opacity lies over another; a last axis is for red, green and blue."""
    below, above = (255 * np.array(to_rgb(one)) for one in (below, above))
    return below + np.asarray(opacity)[..., None] * (above - below)
