// The spiking network: leaky integrate-and-fire cells in exact steps, in the order of bio/batch.py and bio/cells.py.
"use strict";

/**
 * In threshold units, at steps of dt:
 *
 *     τ_m dv/dt = J + η + g - v  (held while refractory)        τ_syn dg/dt = -g
 *     at v > 1: a spike, and v ← c (v - 1) + v_reset
 *
 * A cell is {tau_m, t_ref, noise, v_rest, v_threshold, v_reset, tau_syn, start, reset} in SI units, as bio.LIF.
 */
const Lif = (() => {
  const RESTING = -0.5; // `held` of a cell that has not fired for long
  const NEVER = -1e3; // a drive that no input overcomes
  const OFF_THE_EDGE = 1 + 2 ** -10; // as in bio/stimulus.py

  const span = (cell) => cell.v_threshold - cell.v_rest;
  const resetLevel = (cell) => (cell.v_reset - cell.v_rest) / span(cell);
  const heldSteps = (cell, dt) => Math.floor(cell.t_ref / dt + 0.5);

  /** The factors of one step. */
  function constants(cell, dt) {
    const decayM = Math.exp(-dt / cell.tau_m);
    const decaySyn = Math.exp(-dt / cell.tau_syn);
    const alike = Math.abs(cell.tau_syn / cell.tau_m - 1) < 1e-6;
    return {
      decayM,
      decaySyn,
      transfer: alike ? (dt / cell.tau_m) * decayM : (cell.tau_syn / (cell.tau_syn - cell.tau_m)) * (decaySyn - decayM),
      reset: resetLevel(cell),
      carry: cell.reset === "subtract" ? 1 : 0,
      hold: heldSteps(cell, dt) + RESTING,
    };
  }

  /** A layer of cells at rest, under constant drives. */
  function population(drive, cell, dt) {
    const count = drive.length;
    const zeros = () => new Float64Array(count);
    const v = zeros().fill(cell.start);
    return { drive, v, g: zeros(), noise: zeros(), held: zeros().fill(RESTING), ...constants(cell, dt) };
  }

  /** One step of all cells: who fired, in order. Their reset follows with `reset`. */
  function advance(cells) {
    const { drive, v, g, noise, held, decayM, decaySyn, transfer } = cells;
    const fired = [];
    for (let i = 0; i < v.length; i++) {
      if (held[i] <= 0) v[i] = drive[i] + noise[i] + decayM * (v[i] - drive[i] - noise[i]) + transfer * g[i];
      g[i] = decaySyn * g[i];
      held[i] -= 1;
      if (v[i] > 1 && held[i] < -1) fired.push(i);
    }
    return fired;
  }

  function reset(cells, fired) {
    for (const i of fired) {
      cells.v[i] = cells.carry * (cells.v[i] - 1) + cells.reset;
      cells.held[i] = cells.hold;
    }
  }

  /** Adds the spikes of the layer below to the currents; `kicks` (below × cells). */
  function receive(cells, fired, kicks) {
    const count = cells.g.length;
    const current = new Float64Array(count);
    for (const i of fired) for (let j = 0; j < count; j++) current[j] += kicks[i * count + j];
    for (let j = 0; j < count; j++) cells.g[j] += current[j];
  }

  /** A network translated into thresholds: weights and biases of each layer, as compare/mapping.py has them. (Plain loops:
   * `map` of 80,000 weights took most of an answer's time, at every move of the pen.) */
  function translated(network, cell, silenced) {
    const ratio = span(network.cell) / span(cell);
    let gains = new Float64Array(network.sizes[0]).fill(1 / network.r_max);
    return network.layers.map((layer, number) => {
      const factor = (layer.c1 / layer.unit) * ratio;
      const weights = new Float64Array(layer.weights.length);
      for (let i = 0, k = 0; i < gains.length; i++) {
        for (let j = 0; j < layer.units; j++, k++) weights[k] = gains[i] * layer.weights[k] * factor;
      }
      const biases = layer.spiking_biases.map((bias) => bias * ratio);
      for (const unit of silenced[number] ?? []) biases[unit] = NEVER;
      gains = layer.gain;
      return { weights, biases };
    });
  }

  /** Values (an array of float64), each divided by a number. */
  function divided(values, by) {
    const found = new Float64Array(values.length);
    for (let k = 0; k < values.length; k++) found[k] = values[k] / by;
    return found;
  }

  /** The eye: cells of the lit pixels, each somewhere in its cycle when the digit appears. */
  function eyeOf(network, cell, pixels, dt, random) {
    const tuned = network.cell;
    const lit = [...pixels.keys()].filter((i) => pixels[i] > 0);
    const cells = population(new Float64Array(lit.length), cell, dt);
    lit.forEach((pixel, k) => {
      const wanted = pixels[pixel] * network.r_max * OFF_THE_EDGE;
      const drive = driveFor(tuned, wanted) * (span(tuned) / span(cell));
      const since = random.double() / rate(cell, drive); // for ever, where the drive is too weak
      const climbed = Math.max(since - cell.t_ref, 0);
      cells.drive[k] = drive;
      cells.v[k] = drive + (resetLevel(cell) - drive) * Math.exp(-climbed / cell.tau_m);
      cells.held[k] = Math.max(heldSteps(cell, dt) - Math.floor(Math.min(since, 1e3) / dt + 1e-3), 0) + RESTING;
    });
    return { lit, cells };
  }

  /** The rate in Hz under a steady drive, without noise; and the drive for a rate above 0. */
  function rate(cell, drive) {
    if (!(drive > 1)) return 0;
    return 1 / (cell.t_ref + cell.tau_m * Math.log1p((1 - resetLevel(cell)) / (drive - 1)));
  }

  function driveFor(cell, wanted) {
    const allowed = cell.t_ref ? Math.min(wanted, 0.999 / cell.t_ref) : wanted;
    return 1 + (1 - resetLevel(cell)) / Math.expm1((1 / allowed - cell.t_ref) / cell.tau_m);
  }

  /** Who of the inputs fires in each step: a function that is called once a step, or null for steady currents. */
  function inputOf(kind, network, cell, pixels, dt, key) {
    if (kind === "current") return null;
    if (kind === "lif") {
      const { lit, cells } = eyeOf(network, cell, pixels, dt, Random.generator(...key, "phase"));
      return () => {
        const fired = advance(cells);
        reset(cells, fired);
        return fired.map((k) => lit[k]);
      };
    }
    const random = Random.generator(...key, "input spikes");
    const lit = [...pixels.keys()].filter((i) => pixels[i] > 0);
    const chance = lit.map((i) => Math.fround(pixels[i] * Math.fround(network.r_max * dt)));
    return () => lit.filter((_, k) => random.uniform() < chance[k]);
  }

  /** What steady currents of the pixels add to the drives of the first layer. */
  function addPixels(drive, pixels, weights, r_max) {
    const sums = new Float64Array(drive.length);
    pixels.forEach((brightness, i) => {
      const mean = Math.fround(brightness * r_max);
      if (brightness) for (let j = 0; j < sums.length; j++) sums[j] += mean * weights[i * sums.length + j];
    });
    for (let j = 0; j < sums.length; j++) drive[j] += sums[j];
  }

  /** The class whose output cell fired most; between equals, the one closest to threshold. */
  function verdict(counts, v) {
    let best = 0;
    for (let c = 1; c < counts.length; c++) {
      if (counts[c] > counts[best] || (counts[c] === counts[best] && v[c] > v[best])) best = c;
    }
    return best;
  }

  /**
   * Shows a digit to the network.
   * @param {Object} network  of Networks
   * @param {Object} shown  {pixels, input, cell, duration (s), dt (s), seed, index, silenced}
   * @returns {Object} {steps, dt, spikes, counts, voltages, verdicts}: `spikes` of the inputs and of each layer are
   *   {step, cell} in order; `voltages` (steps × cells) of each layer are in thresholds, after each step
   */
  function simulate(network, shown) {
    const { pixels, cell, dt } = shown;
    const steps = Math.round(shown.duration / dt);
    const key = [shown.seed, shown.index];
    const layers = translated(network, cell, shown.silenced);
    const input = inputOf(shown.input, network, cell, pixels, dt, key);
    const kicks = layers.map(({ weights }, number) => (number || input ? divided(weights, cell.tau_syn) : null));
    if (!input) addPixels(layers[0].biases, pixels, layers[0].weights, network.r_max);
    const cells = layers.map(({ biases }) => population(biases, cell, dt));
    const noise = cell.noise ? Random.generator(...key, "membrane noise") : null;
    const decay = constants(cell, dt).decayM;
    const noiseSize = Math.fround(cell.noise * Math.sqrt((1 + decay) / (1 - decay)));
    const record = begun(network.sizes, steps, dt);
    for (let step = 0; step < steps; step++) {
      if (noise)
        for (const { noise: own } of cells)
          for (let i = 0; i < own.length; i++) own[i] = Math.fround(noiseSize * noise.normal());
      const fired = [input ? input() : [], ...cells.map(advance)];
      cells.forEach((layer, number) => {
        if (number || input) receive(layer, fired[number], kicks[number]);
      });
      cells.forEach((layer, number) => reset(layer, fired[number + 1]));
      file(record, step, fired, cells);
    }
    return record;
  }

  function begun(sizes, steps, dt) {
    return {
      steps,
      dt,
      spikes: sizes.map(() => ({ step: [], cell: [] })),
      counts: sizes.map((size) => new Int32Array(size)),
      voltages: sizes.slice(1).map((size) => new Float64Array(size * steps)),
      verdicts: new Int8Array(steps),
    };
  }

  function file(record, step, fired, cells) {
    fired.forEach((who, number) => {
      for (const cell of who) {
        record.spikes[number].step.push(step);
        record.spikes[number].cell.push(cell);
        record.counts[number][cell] += 1;
      }
    });
    cells.forEach(({ v }, number) => record.voltages[number].set(v, step * v.length));
    record.verdicts[step] = verdict(record.counts[cells.length], cells[cells.length - 1].v);
  }

  return { simulate, rate, span };
})();
