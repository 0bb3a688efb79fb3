// Two plots beside the networks: the raster of all spikes, and the race of the ten outputs.
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
    const box = { left: 66, top: 8, right: view.width - 16, bottom: view.height - 38 };
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

  return { cursor, layerName, race, raster };
})();
