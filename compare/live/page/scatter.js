// The rate of each hidden cell against the activation of its unit, over the curve that the translation was made for.
"use strict";

const Scatter = (() => {
  const MOST = 110; // Hz that the axis reaches at least

  /**
   * Draws it. A filled mark: the unit is on; a hollow one: it is off. Circles are of the first hidden layer.
   * @param {Object} view  of Canvas.cleared
   * @param {Object} thought  of Think
   * @param {Object} at  {clock (steps), unit: [layer, unit]}
   */
  function draw(view, thought, { clock, unit }) {
    const { ann, bio, network, question } = thought;
    const hidden = network.layers.slice(0, -1);
    const largest = (layers, least) =>
      layers.reduce((most, layer) => layer.reduce((m, v) => Math.max(m, v), most), least);
    const mostX = 1.05 * largest(ann.activations.slice(0, -1), 1e-3);
    const mostY = 1.08 * largest(rates(thought, bio.steps), MOST);
    const box = { left: 56, top: 8, right: view.width - 16, bottom: view.height - 38 };
    const names = { labelX: "activation of the unit", labelY: "rate of the cell (Hz)" };
    const { x, y } = Canvas.axes(view, box, { mostX, mostY, ...names });
    const limit = hidden[0].on_rate;
    if (limit > 0) Canvas.line(view, [box.left, y(limit)], [box.right, y(limit)], { dash: [6, 4] });
    hidden.forEach((layer, number) => expected(view, box, network, layer, number, x, y));
    rates(thought, clock).forEach((layer, number) => {
      layer.forEach((rate, cell) => {
        if (question.silenced[number].includes(cell)) return;
        const look = { isOn: ann.sums[number][cell] > 0, isChosen: unit[0] === number && unit[1] === cell };
        mark(view, number, x(ann.activations[number][cell]), y(Math.min(rate, mostY)), look);
      });
    });
  }

  /** The rates (Hz) of each hidden layer's cells over the time up to the clock. */
  function rates({ bio, network }, clock) {
    const hidden = network.layers.slice(0, -1);
    return hidden.map((_, layer) => Think.rates(Think.countsUntil(bio, layer + 1, clock), clock * bio.dt, network));
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

  function mark({ pen, colour }, layer, x, y, { isOn, isChosen }) {
    pen.beginPath();
    if (layer) pen.rect(x - 4, y - 4, 8, 8);
    else pen.arc(x, y, 4.5, 0, 2 * Math.PI);
    pen.fillStyle = isOn ? colour.bio : colour.paper;
    pen.strokeStyle = isChosen ? colour.ink : colour.bio;
    pen.lineWidth = isChosen ? 3 : 1.5;
    pen.fill();
    pen.stroke();
  }

  return { draw, rates };
})();
