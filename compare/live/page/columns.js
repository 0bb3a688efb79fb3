// Both networks as columns of units: the digit, the hidden layers, the ten outputs, and the strongest weights between.
"use strict";

const Columns = (() => {
  const PER_UNIT = 3; // weights drawn into each unit
  const GLOW = 6; // ms after which the flash of a spike has faded to 1/e
  const ROWS = 20; // units in one column; what has more is a grid

  /**
   * Where all units lie in a box of this size: {image: {left, top, side}, places: {x, y}[][], radius: number[]}.
   * @param {number[]} sizes  of the layers, the 784 inputs first
   */
  function layout(width, height, sizes) {
    const side = Math.min(width * 0.22, height * 0.45);
    const image = { left: 8, top: Math.round((height - side) / 2), side };
    const layers = sizes.slice(1);
    const columns = layers.map((size) => Math.ceil(size / ROWS));
    const last = width - 34;
    const first = image.left + side + Math.max(26, width * 0.08);
    const all = columns.reduce((sum, count) => sum + count + 2, -2) - 1 || 1;
    const pitch = (last - first) / all;
    let column = 0;
    const places = layers.map((size, layer) => {
      const rows = Math.ceil(size / columns[layer]);
      const rise = (height - 20) / Math.max(rows, 14);
      const top = height / 2 - ((rows - 1) / 2) * rise;
      const found = Array.from({ length: size }, (_, unit) => ({
        x: first + (column + Math.floor(unit / rows)) * pitch,
        y: top + (unit % rows) * rise,
      }));
      column += columns[layer] + 2;
      return found;
    });
    const radius = layers.map((size, layer) => {
      const rows = Math.max(Math.ceil(size / columns[layer]), 14);
      return Math.min(((height - 20) / rows) * 0.42, 11, columns[layer] > 1 ? pitch * 0.45 : 11);
    });
    return { image, places, radius };
  }

  /** The unit at a place, [layer, unit], or null. */
  function unitAt({ places, radius }, x, y) {
    for (let layer = 0; layer < places.length; layer++) {
      const reach = Math.max(radius[layer] + 3, 6);
      const unit = places[layer].findIndex((place) => (place.x - x) ** 2 + (place.y - y) ** 2 <= reach ** 2);
      if (unit >= 0) return [layer, unit];
    }
    return null;
  }

  /** The strongest weights into each unit from the layer below, {from, to, weight, share}: share of the largest. */
  function strongest(network) {
    return network.layers.map(({ weights, units, inputs }, layer) => {
      if (layer === 0) return [];
      const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
      return Array.from({ length: units }, (_, to) => {
        const into = Array.from({ length: inputs }, (_, from) => ({ from, to, weight: weights[from * units + to] }));
        into.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
        return into.slice(0, PER_UNIT).map((one) => ({ ...one, share: Math.abs(one.weight) / largest }));
      }).flat();
    });
  }

  /**
   * Draws one network.
   * @param {Object} view  of Canvas.cleared
   * @param {Object} shape  of `layout`
   * @param {Object} shown  {ink, pixels, inputs (null, or opacity of each input), lit: opacities per layer,
   *   lines: of `strongest`, silenced, unit, answer}
   */
  function draw(view, shape, { ink, pixels, inputs, lit, lines, silenced, unit, answer }) {
    const { pen, colour } = view;
    const { left, top, side } = shape.image;
    Canvas.image(view, inputs ?? pixels, left, top, side, (value) => [inputs ? ink : colour.ink, value]);
    drawLines(view, shape, lines, lit, ink);
    shape.places.forEach((places, layer) => {
      const last = layer === shape.places.length - 1;
      places.forEach(({ x, y }, number) => {
        const radius = shape.radius[layer];
        circle(pen, x, y, radius);
        pen.fillStyle = colour.paper;
        pen.fill();
        pen.globalAlpha = Math.min(lit[layer][number], 1);
        pen.fillStyle = ink;
        pen.fill();
        pen.globalAlpha = 1;
        const chosen = unit[0] === layer && unit[1] === number;
        pen.strokeStyle = chosen ? colour.ink : colour.faint;
        pen.lineWidth = chosen ? 2.5 : 1;
        pen.stroke();
        if (!last && silenced[layer].includes(number)) cross(view, x, y, radius);
        if (last)
          Canvas.write(view, String(number), x + radius + 8, y, {
            bold: number === answer,
            ink: number === answer ? ink : colour.ink,
          });
        if (last && number === answer) ring(view, x, y, radius + 3, ink);
      });
    });
  }

  function drawLines(view, { places }, lines, lit, ink) {
    lines.forEach((some, layer) => {
      for (const { from, to, weight, share } of some) {
        const [start, end] = [places[layer - 1][from], places[layer][to]];
        view.pen.globalAlpha = share * (0.12 + 0.8 * Math.min(lit[layer - 1][from], 1));
        Canvas.line(view, [start.x, start.y], [end.x, end.y], { ink, width: 1.6, dash: weight < 0 ? [3, 3] : [] });
      }
    });
    view.pen.globalAlpha = 1;
  }

  function circle(pen, x, y, radius) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
  }

  function ring({ pen }, x, y, radius, ink) {
    circle(pen, x, y, radius);
    pen.strokeStyle = ink;
    pen.lineWidth = 2;
    pen.stroke();
  }

  function cross(view, x, y, radius) {
    const ink = { ink: view.colour.ink, width: 1.5 };
    Canvas.line(view, [x - radius, y - radius], [x + radius, y + radius], ink);
    Canvas.line(view, [x - radius, y + radius], [x + radius, y - radius], ink);
  }

  /** How bright each unit of the standard network is: its activation, of the largest of its layer. */
  function activations({ ann }) {
    return ann.activations.map((layer) => {
      const most = layer.reduce((largest, value) => Math.max(largest, value), 0) || 1;
      return Array.from(layer, (value) => value / most);
    });
  }

  /** How bright each cell of a layer (0: the inputs) is: the flash of its last spike, and its count so far. */
  function flashes({ bio }, layer, clock) {
    const { step, cell } = bio.spikes[layer];
    const lit = new Float64Array(bio.counts[layer].length);
    const most = bio.counts[layer].reduce((largest, count) => Math.max(largest, count), 0) || 1;
    const end = Think.before(step, clock);
    const atEnd = clock >= bio.steps; // where only counts tell
    for (let k = 0; k < end; k++) lit[cell[k]] += (atEnd ? 1 : 0.6) / most;
    if (atEnd) return lit;
    for (let k = Think.before(step, clock - 5 * GLOW); k < end; k++) {
      const age = (clock - 1 - step[k]) * bio.dt * 1e3;
      lit[cell[k]] = Math.max(lit[cell[k]], Math.exp(-Math.max(age, 0) / GLOW));
    }
    return lit;
  }

  return { activations, draw, flashes, layout, strongest, unitAt };
})();
