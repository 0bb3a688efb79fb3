// The random numbers of numpy's default_rng, bit for bit: PCG64, of which the distortions of a digit are made.
"use strict";

/**
 * Sources: M. E. O'Neill, "PCG: a family of simple fast space-efficient statistically good algorithms for random number
 * generation", HMC-CS-2014-0905 (2014), whose XSL RR 128/64 this is; the order in which numpy uses its bits:
 * https://numpy.org/doc/stable/reference/random/bit_generators/pcg64.html. Needs random.js for the seed.
 */
const Pcg64 = (() => {
  const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
  const bits = (count, number) => BigInt.asUintN(count, number);

  /**
   * A generator that gives what numpy.random.default_rng(key) gives, call for call.
   * @param {number[]} key  whole numbers from 0
   */
  function generator(key) {
    const words = Array.from(Random.seedWords(key, 8), BigInt);
    const [high, low, streamHigh, streamLow] = [0, 2, 4, 6].map((i) => words[i] | (words[i + 1] << 32n));
    const increment = bits(128, (((streamHigh << 64n) | streamLow) << 1n) | 1n);
    let state = increment; // one step from 0
    let half = null; // 32 bits left over from the last `integers2`
    step(bits(128, state + ((high << 64n) | low)));

    function step(from) {
      state = bits(128, from * MULTIPLIER + increment);
    }

    /** 64 random bits. */
    function next() {
      step(state);
      const mixed = bits(64, (state >> 64n) ^ state);
      const turn = state >> 122n;
      return bits(64, (mixed >> turn) | (mixed << (64n - turn)));
    }

    /** A number from 0 to below 1: `rng.random()`. */
    function double() {
      return Number(next() >> 11n) / 2 ** 53;
    }

    /** A number between `low` and `high`: `rng.uniform(low, high)`. */
    function uniform(low, high) {
      return low + (high - low) * double();
    }

    /** 0 or 1: `rng.integers(2)`, which takes the top bit of each half of 64, the lower half first. */
    function integers2() {
      const whole = half === null ? next() : null;
      const part = whole === null ? half : whole & 0xffffffffn;
      half = whole === null ? null : whole >> 32n;
      return Number(part >> 31n);
    }

    return { double, uniform, integers2 };
  }

  return { generator };
})();
