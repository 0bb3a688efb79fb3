// Turns pen strokes into a digit as MNIST has them: data/drawing.py, operation for operation, so bytes are equal.
"use strict";

/**
 * A stroke: what the pen draws between touching the pad and leaving it.
 * @typedef {Object} Stroke
 * @property {number[][]} points  [x, y] to the right and down, from [0, 0] at the top left of the pad to [1, 1]
 * @property {number} width  of the pen, as a fraction of the pad's side
 */

const Drawing = (() => {
  const SIDE = 112; // pixels of the pad: four for each of a digit's
  const DIGIT_SIDE = 28;
  const BOX = 20; // pixels that the longer side of a digit takes
  const MIDDLE = 14; // the pixel, counted from 0, that the centre of mass comes to lie in
  const FULL = 255; // the brightest byte
  const LEAST_INK = 0.5 / FULL; // what does not round to nothing
  const LEAST_BRIGHTEST = (FULL - 1.5) / FULL; // in each of MNIST's digits, some pixel has a byte of 254 or 255

  /**
   * The strokes as a picture from 0, blank, to 1, covered.
   * @param {Stroke[]} strokes
   * @returns {Float64Array} SIDE × SIDE, row by row from the top left
   */
  function render(strokes) {
    const picture = new Float64Array(SIDE * SIDE);
    for (const { points, width } of strokes) {
      const places = points.map(([x, y]) => [x * SIDE, y * SIDE]);
      if (places.length === 1) drawSegment(picture, places[0], places[0], width * SIDE);
      for (let k = 1; k < places.length; k++) drawSegment(picture, places[k - 1], places[k], width * SIDE);
    }
    return picture;
  }

  /** Draws a straight piece from `start` to `end` ([x, y]) with a pen of that width, all in pixels. */
  function drawSegment(picture, start, end, width) {
    const reach = width / 2 + 0.5;
    const [x0, x1] = within(start[0], end[0], reach);
    const [y0, y1] = within(start[1], end[1], reach);
    const right = end[0] - start[0];
    const down = end[1] - start[1];
    const squared = right * right + down * down;
    for (let row = y0; row < y1; row++) {
      const y = row + 0.5 - start[1];
      for (let column = x0; column < x1; column++) {
        const x = column + 0.5 - start[0];
        const along = squared > 0 ? Math.min(Math.max((x * right + y * down) / squared, 0), 1) : 0;
        const offX = x - along * right;
        const offY = y - along * down;
        const covered = Math.min(reach - Math.sqrt(offX * offX + offY * offY), 1);
        const pixel = row * SIDE + column;
        if (covered > picture[pixel]) picture[pixel] = covered;
      }
    }
  }

  /** The pixels, from the first to before the last, that a pen between a and b can touch along one axis. */
  function within(a, b, reach) {
    const low = Math.floor(Math.min(a, b) - reach);
    const high = Math.ceil(Math.max(a, b) + reach);
    return [Math.min(Math.max(low, 0), SIDE), Math.min(Math.max(high, 0), SIDE)];
  }

  /**
   * A picture as a digit: cut to the ink's bounding box, resized so that its longer side takes 20 pixels,
   * brightened if it is faint, rounded to bytes, and moved by whole pixels until the centre of mass lies in the middle,
   * as far as no ink is lost.
   * @param {ArrayLike<number>} picture  side × side in [0, 1], ink bright
   * @param {number} side  in pixels
   * @returns {Uint8Array} 784 bytes, row by row; all 0 for an empty picture
   */
  function prepare(picture, side) {
    const digit = new Uint8Array(DIGIT_SIDE * DIGIT_SIDE);
    const box = inkBox(picture, side);
    if (box === null) return digit;
    const longer = Math.max(box.height, box.width);
    const narrow = resized(picture, side, box.top, box.height, longer);
    const turned = resized(transposed(narrow, side), narrow.length / side, box.left, box.width, longer);
    const height = narrow.length / side;
    const width = turned.length / height;
    const small = asBytes(brightened(transposed(turned, height)));
    const rows = new Array(height).fill(0);
    const columns = new Array(width).fill(0);
    small.forEach((byte, i) => {
      rows[Math.floor(i / width)] += byte;
      columns[i % width] += byte;
    });
    const top = place(rows);
    const left = place(columns);
    small.forEach((byte, i) => {
      digit[(top + Math.floor(i / width)) * DIGIT_SIDE + left + (i % width)] = byte;
    });
    return digit;
  }

  /** The least box that holds all ink, {top, left, height, width} in pixels; null where there is none. */
  function inkBox(picture, side) {
    let [top, bottom, left, right] = [side, -1, side, -1];
    for (let i = 0; i < side * side; i++) {
      if (picture[i] >= LEAST_INK) {
        const row = Math.floor(i / side);
        const column = i % side;
        top = Math.min(top, row);
        bottom = Math.max(bottom, row);
        left = Math.min(left, column);
        right = Math.max(right, column);
      }
    }
    return bottom < 0 ? null : { top, left, height: bottom + 1 - top, width: right + 1 - left };
  }

  /**
   * Rows `low` to `low + length` as rows longer/20 wide, the least number that holds them, evenly about their middle:
   * each the mean over what it covers, whether that is many old rows or a part of one.
   */
  function resized(picture, columns, low, length, longer) {
    const step = longer / BOX;
    const count = Math.floor((BOX * length + longer - 1) / longer);
    const start = low - (count * step - length) / 2;
    const made = new Float64Array(count * columns);
    for (let k = 0; k < count; k++) {
      const upper = start + k * step;
      const lower = start + (k + 1) * step;
      const last = Math.min(Math.ceil(lower), low + length);
      for (let row = Math.max(Math.floor(upper), low); row < last; row++) {
        const overlap = Math.min(row + 1, lower) - Math.max(row, upper);
        const weight = overlap / step;
        for (let column = 0; column < columns; column++) {
          made[k * columns + column] += weight * picture[row * columns + column];
        }
      }
    }
    return made;
  }

  /** A picture of so many columns with rows and columns changed over. */
  function transposed(picture, columns) {
    const rows = picture.length / columns;
    const turned = new Float64Array(picture.length);
    for (let i = 0; i < picture.length; i++) turned[(i % columns) * rows + Math.floor(i / columns)] = picture[i];
    return turned;
  }

  /** The picture with its brightest pixel at 1, if that is darker than any training digit's. */
  function brightened(picture) {
    const brightest = picture.reduce((most, value) => Math.max(most, value), 0);
    return brightest > 0 && brightest < LEAST_BRIGHTEST ? picture.map((value) => value / brightest) : picture;
  }

  /** Brightness from 0 to 1 as the nearest byte, halves upwards. */
  function asBytes(picture) {
    return Uint8Array.from(picture, (value) => Math.min(Math.floor(value * FULL + 0.5), FULL));
  }

  /** Where in the 28 pixels these (up to 20) begin, by the mass of each: the nearest place within the image. */
  function place(mass) {
    let total = 0;
    let moment = 0;
    mass.forEach((weight, i) => {
      total += weight;
      moment += weight * i;
    });
    const centre = total > 0 ? Math.floor((2 * moment + total) / (2 * total)) : MIDDLE; // rounded, halves upwards
    return Math.min(Math.max(MIDDLE - centre, 0), DIGIT_SIDE - mass.length);
  }

  return { SIDE, render, prepare };
})();
