// The plots beside the networks: raster, membrane of a cell, race of the outputs, rates against activations.
"use strict";

const Plots = (() => {
  const IMAGE_ROWS = 14; // rows of the raster that all inputs share
  const GAP = 4; // rows between layers

  /** The names of the layers from the output down, as the raster has them. */
  function names(layers) {
    return Array.from({ length: layers }, (_, k) =>
      k === layers - 1 ? "output" : layers > 2 ? `hidden ${k + 1}` : "hidden",
    );
  }

  const layerName = (network, layer) => names(network.layers.length)[layer];

  /** Which row of the raster each layer begins at, and how many rows there are; outputs lie on top. */
  function rowsOf({ network, question }) {
    const starts = [];
    let row = 0;
    for (let layer = network.layers.length; layer >= 1; layer--) {
      starts[layer] = row;
      row += network.sizes[layer] + GAP;
    }
    if (question.input === "current") return { starts, rows: row - GAP };
    starts[0] = row;
    return { starts, rows: row + IMAGE_ROWS };
  }

  /** All spikes up to the clock (steps); those of Brian2, where there are any, as dots over the page's own. */
  function raster(view, thought, { clock, brian }) {
    const { network, bio } = thought;
    const box = { left: 66, top: 8, right: view.width - 10, bottom: view.height - 38 };
    const { starts, rows } = rowsOf(thought);
    const pitch = (box.bottom - box.top) / rows;
    const duration = bio.steps * bio.dt * 1e3;
    const { x } = Canvas.axes(view, box, { mostX: duration, mostY: 1, ticksY: [], labelX: "time (ms)", labelY: "" });
    starts.forEach((start, layer) => {
      const size = layer ? network.sizes[layer] : IMAGE_ROWS;
      const name = layer ? layerName(network, layer - 1) : "input";
      Canvas.write(view, name, box.left - 6, box.top + (start + size / 2) * pitch, { align: "right" });
      if (start)
        Canvas.line(
          view,
          [box.left, box.top + (start - GAP / 2) * pitch],
          [box.right, box.top + (start - GAP / 2) * pitch],
          { ink: view.colour.line },
        );
      const rowOf = (cell) => start + (layer ? cell : (cell / network.sizes[0]) * IMAGE_ROWS) + 0.5;
      marks(
        view,
        bio.spikes[layer],
        clock,
        (step, cell) => [x((step + 1) * bio.dt * 1e3), box.top + rowOf(cell) * pitch],
        pitch,
      );
      if (brian)
        dots(
          view,
          brian.spikes[layer],
          clock,
          (step, cell) => [x((step + 1) * bio.dt * 1e3), box.top + rowOf(cell) * pitch],
          pitch,
        );
    });
    cursor(view, box, x(clock * bio.dt * 1e3));
  }

  function marks({ pen, colour }, { step, cell }, clock, place, pitch) {
    pen.fillStyle = colour.bio;
    const tall = Math.max(pitch * 0.9, 1.5);
    const end = Think.before(step, clock);
    for (let k = 0; k < end; k++) {
      const [x, y] = place(step[k], cell[k]);
      pen.fillRect(x - 1, y - tall / 2, 2, tall);
    }
  }

  function dots({ pen, colour }, [steps, cells], clock, place, pitch) {
    pen.fillStyle = colour.ink;
    const side = Math.min(Math.max(pitch * 0.35, 1), 3);
    const end = Think.before(steps, clock);
    for (let k = 0; k < end; k++) {
      const [x, y] = place(steps[k], cells[k]);
      pen.fillRect(x - side / 2, y - side / 2, side, side);
    }
  }

  function cursor(view, { top, bottom }, x) {
    Canvas.line(view, [x, top], [x, bottom], { ink: view.colour.faint, dash: [2, 3] });
  }

  /** The voltage of the chosen cell up to the clock, in mV, with its threshold and the level of its reset. */
  function membrane(view, thought, { clock, unit: [layer, unit] }) {
    const { bio, cell, network } = thought;
    const box = { left: 56, top: 14, right: view.width - 10, bottom: view.height - 38 };
    const span = (cell.v_threshold - cell.v_rest) * 1e3;
    const mV = (v) => cell.v_rest * 1e3 + v * span;
    const size = network.sizes[layer + 1];
    const traced = Array.from({ length: bio.steps }, (_, k) => mV(bio.voltages[layer][k * size + unit]));
    const threshold = cell.v_threshold * 1e3;
    const least = Math.min(...traced, cell.v_reset * 1e3) - 0.15 * span;
    const most = Math.max(threshold + 0.45 * span, ...traced);
    const step = 10 * Math.ceil((most - least) / 60);
    const ticksY = Array.from({ length: 20 }, (_, k) => step * (Math.ceil(least / step) + k)).filter(
      (tick) => tick <= threshold,
    );
    const range = { mostX: bio.steps * bio.dt * 1e3, leastY: least, mostY: most, ticksY };
    const { x, y } = Canvas.axes(view, box, { ...range, labelX: "time (ms)", labelY: "membrane (mV)" });
    trace(view, traced.slice(0, clock), (k) => x((k + 1) * bio.dt * 1e3), y);
    const { step: steps, cell: cells } = bio.spikes[layer + 1];
    for (let k = 0; k < Think.before(steps, clock); k++) {
      if (cells[k] !== unit) continue;
      const at = x((steps[k] + 1) * bio.dt * 1e3);
      Canvas.line(view, [at, y(threshold)], [at, box.top], { ink: view.colour.bio, width: 2 });
    }
    level(view, box, y(threshold), "threshold");
    level(view, box, y(cell.v_reset * 1e3), "reset");
    cursor(view, box, x(clock * bio.dt * 1e3));
  }

  function level(view, { left, right }, y, name) {
    const { pen, colour } = view;
    Canvas.line(view, [left, y], [right, y], { ink: colour.ink, dash: [6, 4] });
    pen.fillStyle = colour.paper;
    pen.fillRect(right - 4 - pen.measureText(name).width, y - 17, pen.measureText(name).width + 4, 15);
    Canvas.write(view, name, right - 2, y - 3, { align: "right", base: "bottom" });
  }

  function trace({ pen, colour }, values, x, y) {
    pen.strokeStyle = colour.bio;
    pen.lineWidth = 1.8;
    pen.beginPath();
    values.forEach((value, k) => pen.lineTo(x(k), y(value)));
    pen.stroke();
  }

  /** Ten outputs of the standard network to the left, ten spike counts up to the clock to the right. */
  function race(view, thought, { clock }) {
    const { ann, bio, network } = thought;
    const { pen, colour, width, height } = view;
    const layers = network.layers.length;
    const counts = Think.countsUntil(bio, layers, clock);
    const most = Math.max(...bio.counts[layers], 1);
    const middle = width / 2;
    const reach = middle - 20 - 44;
    const [top, bottom] = [24, height - 6];
    const pitch = (bottom - top) / 10;
    const leader = clock > 0 && counts.some((count) => count > 0) ? bio.verdicts[clock - 1] : null;
    Canvas.write(view, network.activation === "sigmoid" ? "activation" : "softmax of the sums", middle - 20, 10, {
      align: "right",
      ink: colour.ann,
    });
    Canvas.write(view, `spikes in ${Math.round(clock * bio.dt * 1e3)} ms`, middle + 20, 10, { ink: colour.bio });
    for (let digit = 0; digit < 10; digit++) {
      const y = top + (digit + 0.5) * pitch;
      const share = ann.activations[layers - 1][digit];
      pen.fillStyle = colour.ann;
      pen.globalAlpha = digit === ann.answer ? 1 : 0.45;
      pen.fillRect(middle - 20 - share * reach, y - pitch * 0.35, share * reach, pitch * 0.7);
      pen.fillStyle = colour.bio;
      pen.globalAlpha = digit === leader ? 1 : 0.45;
      const length = (counts[digit] / most) * reach;
      pen.fillRect(middle + 20, y - pitch * 0.35, length, pitch * 0.7);
      pen.globalAlpha = 1;
      Canvas.write(view, String(digit), middle, y, { align: "center", bold: digit === ann.answer || digit === leader });
      Canvas.write(view, share.toFixed(2), middle - 25 - share * reach, y, {
        align: "right",
        bold: digit === ann.answer,
      });
      Canvas.write(view, String(counts[digit]), middle + 25 + length, y, { bold: digit === leader });
    }
  }

  /**
   * The rate of each hidden cell up to the clock against the activation of its unit, over the curve that the
   * translation was made for. A filled mark: the unit is on; a hollow one: it is off.
   */
  function scatter(view, thought, { clock, unit }) {
    const { ann, bio, network, question } = thought;
    const { pen, colour } = view;
    const hidden = network.layers.slice(0, -1);
    const rates = hidden.map((_, layer) => ratesAt(thought, layer, clock));
    const largest = (values, least) => values.reduce((most, value) => Math.max(most, value), least);
    const mostX =
      1.05 *
      largest(
        ann.activations.slice(0, -1).map((layer) => largest(layer, 0)),
        1e-3,
      );
    const mostY =
      1.08 *
      largest(
        rates.map((layer) => largest(layer, 0)),
        120,
      );
    const box = { left: 52, top: 8, right: view.width - 10, bottom: view.height - 38 };
    const { x, y } = Canvas.axes(view, box, {
      mostX,
      mostY,
      labelX: "activation of the unit",
      labelY: "rate of the cell (Hz)",
    });
    if (hidden[0].on_rate > 0)
      Canvas.line(view, [box.left, y(hidden[0].on_rate)], [box.right, y(hidden[0].on_rate)], { dash: [6, 4] });
    hidden.forEach((layer, number) => expected(view, box, network, layer, number, x, y));
    hidden.forEach((layer, number) => {
      rates[number].forEach((rate, cell) => {
        if (question.silenced[number].includes(cell)) return;
        mark(pen, number, x(ann.activations[number][cell]), y(rate));
        const on = ann.sums[number][cell] > 0;
        pen.fillStyle = on ? colour.bio : colour.paper;
        pen.strokeStyle = unit[0] === number && unit[1] === cell ? colour.ink : colour.bio;
        pen.lineWidth = unit[0] === number && unit[1] === cell ? 3 : 1.5;
        pen.fill();
        pen.stroke();
      });
    });
  }

  /** The rates (Hz) of a hidden layer's cells over the time up to the clock. */
  function ratesAt({ bio, network }, layer, clock) {
    return Think.rates(Think.countsUntil(bio, layer + 1, clock), clock * bio.dt, network);
  }

  /** The rate that a layer's cells are expected at, against the activation: both as functions of the weighted sum. */
  function expected({ pen, colour }, box, network, layer, number, x, y) {
    const { drives, rates } = network.expected;
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.clip();
    pen.strokeStyle = colour.ann;
    pen.lineWidth = 1.8;
    pen.setLineDash(number ? [7, 4] : []);
    pen.beginPath();
    drives.forEach((drive, k) => {
      const sum = ((drive - layer.c0) / layer.c1) * layer.unit;
      pen.lineTo(x(Mlp.activation(network, sum)), y(rates[k]));
    });
    pen.stroke();
    pen.restore();
  }

  function mark(pen, layer, x, y) {
    pen.beginPath();
    if (layer) pen.rect(x - 4, y - 4, 8, 8);
    else pen.arc(x, y, 4.5, 0, 2 * Math.PI);
  }

  return { layerName, membrane, race, raster, ratesAt, scatter };
})();
