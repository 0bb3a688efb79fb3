// What each cell of the third learner looks for, laid out by the digit that it stands for, and how often it fires.
"use strict";

const Fields = (() => {
  const GAP = 3; // pixels between cells
  const pictures = new Map(); // of all cells, by colour and network

  /**
   * Draws the cells, each as the weights of its 784 inputs, in a frame as strong as its share of spikes up to a time.
   * @param {Object} view  of Canvas.cleared
   * @param {Object} network  of Learned
   * @param {Object} response  of Learned.answer
   * @param {number} part  of the time that has passed, 0 to 1
   */
  function draw(view, network, response, part) {
    const { pen, colour } = view;
    const columns = Math.ceil(Math.sqrt(network.cells));
    const pitch = Math.min(view.width, view.height) / columns;
    const side = pitch - 2 * GAP;
    const counts = new Int32Array(network.cells);
    const end = Think.before(response.spikes.step, Math.round(part * network.steps));
    for (let k = 0; k < end; k++) counts[response.spikes.cell[k]] += 1;
    const most = Math.max(...response.counts, 1);
    order(network).forEach((cell, place) => {
      const [left, top] = [(place % columns) * pitch + GAP, Math.floor(place / columns) * pitch + GAP];
      pen.drawImage(picture(network, cell, colour.ink), left, top, side, side);
      pen.globalAlpha = counts[cell] / most;
      pen.strokeStyle = colour.bio;
      pen.lineWidth = GAP;
      pen.strokeRect(left - GAP / 2, top - GAP / 2, side + GAP, side + GAP);
      pen.globalAlpha = 1;
    });
  }

  /** The cells by the digit they stand for. */
  function order({ labels }) {
    return [...labels.keys()].sort((a, b) => labels[a] - labels[b] || a - b);
  }

  /** A cell's weights as a small picture, made once. */
  function picture(network, cell, ink) {
    const key = `${ink} ${cell}`;
    if (!pictures.has(key)) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 28;
      const pen = canvas.getContext("2d");
      const own = Array.from({ length: 784 }, (_, i) => network.codes[i * network.cells + cell] / 255);
      pen.fillStyle = ink;
      own.forEach((weight, i) => {
        pen.globalAlpha = weight;
        pen.fillRect(i % 28, Math.floor(i / 28), 1, 1);
      });
      pictures.set(key, canvas);
    }
    return pictures.get(key);
  }

  return { draw };
})();
