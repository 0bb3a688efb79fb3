// The membrane voltage of the cell that is looked at, through time.
"use strict";

const Membrane = (() => {
  const STRIP = 16; // pixels on top, for spikes
  const NAMES = 62; // pixels to the right, for the names of levels

  /**
   * The voltage of a cell up to the clock, in mV, with its threshold and the level at rest, and a bar for each spike.
   * A cell that is silenced rests.
   * @param {Object} view  of Canvas.cleared
   * @param {Object} thought  of Think
   * @param {Object} at  {clock (steps), unit: [layer, unit]}
   */
  function draw(view, thought, { clock, unit: [layer, unit] }) {
    const { bio, cell, question } = thought;
    const box = { left: 60, top: 8 + STRIP, right: view.width - NAMES, bottom: view.height - 38 };
    const isSilent = question.silenced[layer]?.includes(unit) ?? false;
    const points = isSilent ? resting(bio, cell) : trace(thought, layer, unit);
    const span = 1e3 * (cell.v_threshold - cell.v_rest);
    const [rest, threshold, reset] = [cell.v_rest, cell.v_threshold, cell.v_reset].map((level) => level * 1e3);
    const least = points.reduce((low, [, mV]) => Math.min(low, mV), Math.min(rest, reset)) - 0.1 * span;
    const most = points.reduce((high, [, mV]) => Math.max(high, mV), threshold) + 0.1 * span;
    const range = { mostX: bio.steps * bio.dt * 1e3, leastY: least, mostY: most, ticksY: ticks(least, most) };
    const { x, y } = Canvas.axes(view, box, { ...range, labelX: "time (ms)", labelY: "membrane (mV)" });
    const now = clock * bio.dt * 1e3;
    line(
      view,
      points.filter(([time]) => time <= now + 1e-9),
      x,
      y,
    );
    spikes(view, bio, layer, unit, clock, (time) => x(time));
    level(view, box, y(threshold), "threshold");
    level(view, box, y(rest), isSilent ? "silenced" : cell.reset === "subtract" ? "rest" : "reset");
    Plots.cursor(view, box, x(now));
  }

  /** [ms, mV] from the beginning on; where the cell fires, both what it reached and where its reset left it. */
  function trace({ bio, cell, network }, layer, unit) {
    const size = network.sizes[layer + 1];
    const span = cell.v_threshold - cell.v_rest;
    const mV = (v) => 1e3 * (cell.v_rest + v * span);
    const after = (step) => bio.voltages[layer][step * size + unit];
    const { step, cell: cells } = bio.spikes[layer + 1];
    const fired = new Set(step.filter((_, k) => cells[k] === unit));
    const points = [[0, mV(cell.start)]];
    for (let k = 0; k < bio.steps; k++) {
      const time = (k + 1) * bio.dt * 1e3;
      if (fired.has(k)) points.push([time, mV(reached(after(k), cell, span))]);
      points.push([time, mV(after(k))]);
    }
    return points;
  }

  /** What the voltage was, in thresholds, before the reset of a spike: known where that takes the threshold off. */
  function reached(after, cell, span) {
    const reset = (cell.v_reset - cell.v_rest) / span;
    return cell.reset === "subtract" ? after - reset + 1 : 1;
  }

  function resting(bio, cell) {
    return [0, bio.steps].map((step) => [step * bio.dt * 1e3, cell.v_rest * 1e3]);
  }

  /** Round voltages of a range. */
  function ticks(least, most) {
    const step = Canvas.ticks(most - least)[1] ?? most - least;
    const first = Math.ceil(least / step);
    return Array.from({ length: Math.floor(most / step) - first + 1 }, (_, k) => (first + k) * step);
  }

  function line({ pen, colour }, points, x, y) {
    pen.strokeStyle = colour.bio;
    pen.lineWidth = 1.8;
    pen.beginPath();
    for (const [time, mV] of points) pen.lineTo(x(time), y(mV));
    pen.stroke();
  }

  function spikes(view, bio, layer, unit, clock, x) {
    const { step, cell } = bio.spikes[layer + 1];
    for (let k = 0; k < Think.before(step, clock); k++) {
      if (cell[k] !== unit) continue;
      const at = x((step[k] + 1) * bio.dt * 1e3);
      Canvas.line(view, [at, 4], [at, 4 + STRIP - 4], { ink: view.colour.bio, width: 2 });
    }
  }

  function level(view, { left, right }, y, name) {
    Canvas.line(view, [left, y], [right, y], { ink: view.colour.ink, dash: [6, 4] });
    Canvas.write(view, name, right + 4, y);
  }

  return { draw };
})();
