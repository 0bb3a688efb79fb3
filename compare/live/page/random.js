// The random numbers of the spiking side, the same as numpy draws: SeedSequence, SFC64, uniform and normal numbers.
"use strict";

/**
 * O'Neill's seed_seq hashing as in numpy's SeedSequence; Doty-Humphrey's small fast chaotic generator SFC64; normal
 * numbers by Marsaglia & Tsang's ziggurat (J. Stat. Softw. 2000, 5:8), with numpy's constants and its use of the bits.
 */
const Random = (() => {
  const PURPOSES = ["phase", "input spikes", "membrane noise"]; // as in bio/stimulus.py
  const POOL = 4;

  /**
   * What SeedSequence(key).generate_state(count) gives.
   * @param {number[]} key  whole numbers from 0
   * @param {number} count
   * @returns {Uint32Array}
   */
  function seedWords(key, count) {
    const words = key.flatMap(wordsOf);
    const pool = new Uint32Array(POOL);
    let constant = 0x43b0d7e5;
    const hashed = (value) => {
      const mixed = (value ^ constant) >>> 0;
      constant = Math.imul(constant, 0x931e8875) >>> 0;
      return folded(Math.imul(mixed, constant));
    };
    const mixInto = (place, value) => {
      pool[place] = folded(Math.imul(0xca01f9dd, pool[place]) - Math.imul(0x4973f715, hashed(value)));
    };
    for (let i = 0; i < POOL; i++) pool[i] = hashed(words[i] ?? 0);
    for (let from = 0; from < POOL; from++) {
      for (let to = 0; to < POOL; to++) if (from !== to) mixInto(to, pool[from]);
    }
    for (const word of words.slice(POOL)) for (let to = 0; to < POOL; to++) mixInto(to, word);
    return expanded(pool, count);
  }

  /** A whole number as words of 32 bits, the lowest first. */
  function wordsOf(number) {
    const words = [];
    for (let rest = BigInt(number); rest > 0n || !words.length; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
    return words;
  }

  function folded(value) {
    return (value ^ (value >>> 16)) >>> 0;
  }

  function expanded(pool, count) {
    let constant = 0x8b51f9dd;
    return Uint32Array.from({ length: count }, (_, i) => {
      const mixed = (pool[i % POOL] ^ constant) >>> 0;
      constant = Math.imul(constant, 0x58f38ded) >>> 0;
      return folded(Math.imul(mixed, constant));
    });
  }

  /** SFC64 of one key. Each number of 64 bits is kept as its low and its high half, in an array, which takes no memory
   * anew for each number: the three of the state (0 to 5), the last 64 bits drawn (6 and 7), and half of some (8). */
  class Sfc64 {
    constructor(key) {
      this.words = new Uint32Array(9);
      this.words.set(seedWords(key, 6));
      this.count = 1;
      this.half = false; // whether the high half of 64 bits is kept, of which only the low one was used
      for (let i = 0; i < 12; i++) this.step();
    }

    /** 64 bits more. */
    step() {
      const { words } = this;
      const bLow = words[2];
      const bHigh = words[3];
      const cLow = words[4];
      const cHigh = words[5];
      const sum = words[0] + bLow + (this.count >>> 0);
      words[6] = sum;
      words[7] = words[1] + bHigh + Math.floor(sum / 4294967296) + Math.floor(this.count / 4294967296);
      this.count += 1; // far below 2⁵³
      words[0] = bLow ^ ((bLow >>> 11) | (bHigh << 21));
      words[1] = bHigh ^ (bHigh >>> 11);
      const low = cLow + ((cLow << 3) >>> 0);
      words[2] = low;
      words[3] = cHigh + ((cHigh << 3) | (cLow >>> 29)) + (low > 4294967295 ? 1 : 0);
      const turned = (((cLow << 24) | (cHigh >>> 8)) >>> 0) + words[6];
      words[4] = turned;
      words[5] = ((cHigh << 24) | (cLow >>> 8)) + words[7] + (turned > 4294967295 ? 1 : 0);
    }

    next32() {
      this.half = !this.half;
      if (!this.half) return this.words[8];
      this.step();
      this.words[8] = this.words[7];
      return this.words[6];
    }

    /** Evenly from [0, 1), 53 bits. */
    double() {
      this.step();
      return (this.words[7] * 2097152 + (this.words[6] >>> 11)) / 9007199254740992;
    }

    /** Evenly from [0, 1), 24 bits: a float32. */
    uniform() {
      return (this.next32() >>> 8) / 16777216;
    }

    /** Standard normal, a float32. */
    normal() {
      const { sure, width, height, edge } = ziggurat();
      for (;;) {
        const bits = this.next32();
        const layer = bits & 0xff;
        const number = (bits >>> 9) & 0x7fffff;
        const size = Math.fround(number * width[layer]);
        const x = (bits >>> 8) & 1 ? -size : size;
        if (number < sure[layer]) return x;
        if (layer === 0) return this.beyond(edge, (number >>> 8) & 1);
        const rise = Math.fround(Math.fround(height[layer - 1] - height[layer]) * this.uniform());
        if (Math.fround(rise + height[layer]) < Math.exp(-0.5 * x * x)) return x;
      }
    }

    /** A number of the tail. */
    beyond(edge, negative) {
      const inverse = Math.fround(1 / Math.fround(edge));
      for (;;) {
        const further = Math.fround(-inverse * Math.fround(Math.log1p(-this.uniform())));
        const drop = Math.fround(-Math.log1p(-this.uniform()));
        if (Math.fround(drop + drop) > Math.fround(further * further)) {
          const far = Math.fround(Math.fround(edge) + further);
          return negative ? -far : far;
        }
      }
    }
  }

  let tables = null;

  /** 256 layers of equal area under exp(-x²/2). */
  function ziggurat() {
    if (tables) return tables;
    const edge = 3.6541528853610088;
    const area = 0.00492867323399;
    const scale = 8388608; // 2²³
    const under = (x) => Math.exp(-0.5 * x * x);
    const sure = new Uint32Array(256);
    const width = new Float32Array(256);
    const height = new Float32Array(256);
    const bottom = area / under(edge);
    sure[0] = (edge / bottom) * scale;
    width[0] = bottom / scale;
    width[255] = edge / scale;
    height[0] = 1;
    height[255] = under(edge);
    let right = edge;
    let top = edge;
    for (let i = 254; i >= 1; i--) {
      right = Math.sqrt(-2 * Math.log(area / right + under(right)));
      sure[i + 1] = (right / top) * scale;
      top = right;
      height[i] = under(right);
      width[i] = right / scale;
    }
    tables = { sure, width, height, edge };
    return tables;
  }

  /** The numbers of one digit for one purpose, as bio/stimulus.py keys them. */
  function generator(seed, index, purpose) {
    return new Sfc64([seed, index, PURPOSES.indexOf(purpose)]);
  }

  return { seedWords, generator, Sfc64 };
})();
