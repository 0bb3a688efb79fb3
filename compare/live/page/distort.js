// Makes a digit sloppy, low-resolution or damaged as data/distortion.py does, with the same random numbers.
"use strict";

/** Needs pcg64.js. The equations and their sources stand in data/sloppy.py and data/degraded.py. */
const Distort = (() => {
  const SIDE = 28;
  const PIXELS = SIDE * SIDE;
  const CENTRE = (SIDE - 1) / 2;
  const ELASTIC_SCALE = 4; // pixels over which an elastic field is alike
  const NEAR = 6; // pixels from the middle within which the hidden square lies

  /** What there is, by name, mildest severity first: those of data.DISTORTIONS that the page offers. */
  const NAMES = {
    shift: { kind: "sloppy", unit: "pixels", severities: [0, 1, 2, 3, 4, 5, 6], limit: SIDE },
    rotate: { kind: "sloppy", unit: "degrees", severities: [0, 10, 20, 30, 40, 50, 60], limit: 180 },
    elastic: { kind: "sloppy", unit: "pixels (RMS)", severities: [0, 0.5, 1, 1.5, 2, 2.5, 3], limit: 10 },
    "low-resolution": {
      kind: "low resolution",
      unit: "side of a blurred pixel, in pixels",
      severities: [0, ...[14, 10, 7, 5, 4, 3].map((side) => SIDE / side)],
      limit: SIDE,
    },
    blur: { kind: "low resolution", unit: "pixels (SD)", severities: [0, 0.5, 1, 1.5, 2, 2.5, 3], limit: SIDE },
    "impulse-noise": {
      kind: "noise",
      unit: "fraction of pixels",
      severities: [0, 0.05, 0.1, 0.2, 0.3, 0.4],
      limit: 1,
    },
    occlusion: { kind: "damage", unit: "pixels", severities: [0, 4, 6, 8, 10, 12], limit: SIDE },
  };

  const HOW = {
    shift,
    rotate,
    elastic,
    "low-resolution": lowResolution,
    blur,
    "impulse-noise": impulseNoise,
    occlusion,
  };

  /**
   * The digit under a distortion; at severity 0 as it came.
   * @param {Float32Array} pixels  784 in [0, 1], row by row
   * @param {string} name  one of NAMES
   * @param {number} severity  in the distortion's unit, from 0 to its limit
   * @param {number} seed  whole, from 0; another one gives other directions, fields and noise
   * @param {number} index  whole, from 0: the digit's place in its set
   * @returns {Float32Array} 784 in [0, 1]
   */
  function apply(pixels, name, severity, seed, index) {
    if (!Object.hasOwn(NAMES, name)) {
      throw new RangeError(`there is no distortion "${name}": choose from ${Object.keys(NAMES).join(", ")}`);
    }
    const { limit, unit } = NAMES[name];
    if (!(severity >= 0 && severity <= limit)) {
      throw new RangeError(`${name} of severity ${severity} (${unit}) makes no sense: choose from 0 to ${limit}`);
    }
    if (severity === 0) return Float32Array.from(pixels);
    const changed = HOW[name](pixels, severity, Pcg64.generator([seed, index, crc32(name)]));
    return Float32Array.from(changed, (value) => Math.min(Math.max(value, 0), 1));
  }

  /** The CRC-32 of a text in ASCII, as zlib has it (ISO 3309, reflected polynomial edb88320). */
  function crc32(text) {
    let crc = 0xffffffff;
    for (const letter of text) {
      crc ^= letter.charCodeAt(0);
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return ~crc >>> 0;
  }

  // --- Sloppy: each pixel shows what lies at another place, by linear interpolation; beyond the edges lies black

  /** A new image: `place(row, column)` says where, [down, right] in pixels, each pixel looks in the old one. */
  function warped(pixels, place) {
    const made = new Float64Array(PIXELS);
    for (let i = 0; i < PIXELS; i++) made[i] = between(pixels, ...place(Math.floor(i / SIDE), i % SIDE));
    return made;
  }

  /** The brightness at a place between pixels. */
  function between(pixels, down, right) {
    const top = Math.floor(down);
    const left = Math.floor(right);
    let sum = 0;
    for (const row of [top, top + 1]) {
      for (const column of [left, left + 1]) {
        if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) continue;
        sum += (1 - Math.abs(down - row)) * (1 - Math.abs(right - column)) * pixels[row * SIDE + column];
      }
    }
    return sum;
  }

  function shift(pixels, severity, rng) {
    const angle = rng.uniform(0, 2 * Math.PI);
    const down = severity * Math.sin(angle);
    const right = severity * Math.cos(angle);
    return warped(pixels, (row, column) => [row - down, column - right]);
  }

  function rotate(pixels, severity, rng) {
    const angle = (severity * (2 * rng.integers2() - 1) * Math.PI) / 180;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    return warped(pixels, (row, column) => {
      const down = row - CENTRE;
      const right = column - CENTRE;
      return [CENTRE + cos * down + sin * right, CENTRE - sin * down + cos * right];
    });
  }

  function elastic(pixels, severity, rng) {
    const fields = [0, 1].map(() => Float64Array.from({ length: PIXELS }, () => rng.uniform(-1, 1)));
    const [down, right] = fields.map((rough) => {
      const smooth = blurred(rough, ELASTIC_SCALE, mirrored);
      const mean = smooth.reduce((sum, value) => sum + value, 0) / PIXELS;
      return smooth.map((value) => value - mean);
    });
    const squares = down.reduce((sum, value, i) => sum + value * value + right[i] * right[i], 0);
    const factor = severity / Math.sqrt(squares / PIXELS);
    return warped(pixels, (row, column) => {
      const i = row * SIDE + column;
      return [row + factor * down[i], column + factor * right[i]];
    });
  }

  // --- Resolution and blur

  /**
   * An image under a Gaussian of that SD in pixels, cut off at four of them, rows first.
   * @param {function(number): number} inside  which pixel stands for one at any place; −1 for black
   */
  function blurred(image, sd, inside) {
    const radius = Math.floor(4 * sd + 0.5);
    const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sd) ** 2));
    const total = kernel.reduce((sum, weight) => sum + weight, 0);
    const along = (old, step, across) => {
      const made = new Float64Array(PIXELS);
      for (let place = 0; place < SIDE; place++) {
        for (let i = 0; i <= 2 * radius; i++) {
          const from = inside(place + i - radius);
          if (from < 0) continue;
          const weight = kernel[i] / total;
          for (let k = 0; k < SIDE; k++) made[place * step + k * across] += weight * old[from * step + k * across];
        }
      }
      return made;
    };
    return along(along(image, SIDE, 1), 1, SIDE);
  }

  /** The image goes on beyond its edges as in a mirror there. */
  function mirrored(place) {
    const folded = ((place % (2 * SIDE)) + 2 * SIDE) % (2 * SIDE);
    return folded < SIDE ? folded : 2 * SIDE - 1 - folded;
  }

  /** Beyond its edges lies black. */
  function black(place) {
    return place < SIDE ? place : -1;
  }

  function blur(pixels, severity) {
    return blurred(pixels, severity, black);
  }

  function lowResolution(pixels, severity) {
    const side = roundedToEven(SIDE / Math.max(severity, 1));
    return resampled(resampled(pixels, SIDE, side), side, SIDE);
  }

  /** The nearest whole number; of two, the even one, as Python has it. */
  function roundedToEven(number) {
    const low = Math.floor(number);
    if (number - low === 0.5) return low % 2 === 0 ? low : low + 1;
    return Math.round(number);
  }

  /** A square image of `old` pixels a side in `side`: each the mean of the area that it covers. */
  function resampled(image, old, side) {
    const made = new Float64Array(side * side);
    const overlap = (now, then) =>
      Math.max(Math.min((now + 1) * old, (then + 1) * side) - Math.max(now * old, then * side), 0);
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        let sum = 0;
        for (let down = 0; down < old; down++) {
          const height = overlap(row, down);
          if (height === 0) continue;
          for (let right = 0; right < old; right++) sum += height * overlap(column, right) * image[down * old + right];
        }
        made[row * side + column] = sum / (old * old);
      }
    }
    return made;
  }

  // --- Noise and damage

  function impulseNoise(pixels, severity, rng) {
    return Float64Array.from(pixels, (value) => {
      const chance = rng.double();
      if (chance < severity / 2) return 0;
      return chance > 1 - severity / 2 ? 1 : value;
    });
  }

  function occlusion(pixels, severity, rng) {
    const middles = [0, 1].map(() => rng.uniform(-NEAR, NEAR) + CENTRE);
    const [down, right] = middles.map((middle) =>
      Float64Array.from({ length: SIDE }, (_, i) =>
        Math.min(Math.max((severity + 1) / 2 - Math.abs(i - middle), 0), Math.min(severity, 1)),
      ),
    );
    return Float64Array.from(pixels, (value, i) => value * (1 - down[Math.floor(i / SIDE)] * right[i % SIDE]));
  }

  return { NAMES, apply };
})();
