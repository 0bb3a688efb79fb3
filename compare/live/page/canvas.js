// What all drawn views share: sharp canvases, the colours of the style sheet, axes.
"use strict";

const Canvas = (() => {
  /** The colours of the page as they are now, light or dark. */
  function colours() {
    const style = getComputedStyle(document.documentElement);
    const named = (name) => style.getPropertyValue(`--${name}`).trim();
    return Object.fromEntries(
      ["ink", "paper", "soft", "line", "faint", "ann", "bio"].map((name) => [name, named(name)]),
    );
  }

  /**
   * A canvas ready to be drawn on anew, as sharp as the screen: {pen, width, height, colour}, in CSS pixels.
   * @param {HTMLCanvasElement} canvas
   * @param {Object} colour  of `colours`
   */
  function cleared(canvas, colour) {
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    pen.fillStyle = colour.paper;
    pen.fillRect(0, 0, width, height);
    pen.font = "12px system-ui, sans-serif";
    return { pen, width, height, colour };
  }

  /** Text at a place; `align` left, center or right, `base` as in canvases. */
  function write(
    { pen, colour },
    text,
    x,
    y,
    { align = "left", base = "middle", ink = colour.ink, bold = false } = {},
  ) {
    pen.font = `${bold ? "bold " : ""}12px system-ui, sans-serif`;
    pen.textAlign = align;
    pen.textBaseline = base;
    pen.fillStyle = ink;
    pen.fillText(text, x, y);
  }

  /** A straight line. */
  function line({ pen, colour }, from, to, { ink = colour.faint, width = 1, dash = [] } = {}) {
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
    pen.setLineDash([]);
  }

  /** Round numbers from 0 to `most`, about `count` of them. */
  function ticks(most, count = 5) {
    if (!(most > 0)) return [0];
    const rough = most / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999);
    return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, k) => Number((k * step).toPrecision(12)));
  }

  /**
   * Axes in a box {left, top, right, bottom}, x from 0 to `mostX`, y from `leastY` to `mostY`: functions {x, y} from
   * values to pixels.
   */
  function axes(view, box, { mostX, leastY = 0, mostY, labelX, labelY, ticksY = ticks(mostY) }) {
    const { pen, colour } = view;
    const x = (value) => box.left + (value / mostX) * (box.right - box.left);
    const y = (value) => box.bottom - ((value - leastY) / (mostY - leastY)) * (box.bottom - box.top);
    for (const tick of ticks(mostX)) {
      line(view, [x(tick), box.bottom], [x(tick), box.bottom + 4]);
      write(view, String(tick), x(tick), box.bottom + 6, { align: "center", base: "top", ink: colour.faint });
    }
    for (const tick of ticksY) {
      line(view, [box.left, y(tick)], [box.right, y(tick)], { ink: colour.line });
      write(view, String(tick).replace("-", "−"), box.left - 5, y(tick), { align: "right", ink: colour.faint });
    }
    line(view, [box.left, box.bottom], [box.right, box.bottom]);
    write(view, labelX, (box.left + box.right) / 2, box.bottom + 32, { align: "center", base: "bottom" });
    pen.save();
    pen.translate(box.left - 38, (box.top + box.bottom) / 2);
    pen.rotate(-Math.PI / 2);
    write(view, labelY, 0, 0, { align: "center", base: "middle" });
    pen.restore();
    return { x, y };
  }

  /** Paints a 28 × 28 image into a square; `inkOf(value)` is [colour, opacity]. */
  function image({ pen, colour }, pixels, left, top, side, inkOf) {
    const edge = (k) => Math.round((k * side) / 28); // whole pixels, or seams would show
    pen.fillStyle = colour.soft;
    pen.fillRect(left, top, side, side);
    pixels.forEach((value, i) => {
      const [ink, opacity] = inkOf(value);
      if (opacity < 0.01) return;
      pen.globalAlpha = Math.min(opacity, 1);
      pen.fillStyle = ink;
      const [column, row] = [i % 28, Math.floor(i / 28)];
      pen.fillRect(left + edge(column), top + edge(row), edge(column + 1) - edge(column), edge(row + 1) - edge(row));
    });
    pen.globalAlpha = 1;
  }

  return { axes, cleared, colours, image, line, ticks, write };
})();
