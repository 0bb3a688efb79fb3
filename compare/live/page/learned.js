// A third learner: cells that learned by spike timing alone, shown the same digit in the order of bio/stdp.
"use strict";

/**
 * The network, as compare/live/payload.py gives it: {cells, codes (784 × cells) and scale of the weights, theta, labels
 * of the cells (-1: none), constants (of bio.stdp.model), steps, chances (of a white pixel's spike in a step, one for
 * each showing), inhibition, least (spikes that are enough), accuracy, rule}. All sums are taken in 32 bits, as there.
 */
const Learned = (() => {
  const RESTING = -0.5; // `held` of a cell that has not fired for long
  const single = Math.fround;

  /**
   * What the cells make of a digit, which is shown again and brighter where it evokes too few spikes.
   * @param {Object} network  as above
   * @param {Object} shown  {pixels (784), seed, index}
   * @returns {Object} {network, showings, counts, spikes: {step, cell}, means: of each class's cells, answer}, all
   *   but `showings` of the last showing
   */
  function answer(network, { pixels, seed, index }) {
    const random = Random.generator(seed, index, "input spikes");
    const image = Float32Array.from(pixels);
    let response;
    let showings = 0;
    do {
      response = showing(network, image, network.chances[showings], random);
      showings += 1;
    } while (response.spikes.step.length < network.least && showings < network.chances.length);
    const means = meansOf(network, response.counts);
    return { network, ...response, showings, means, answer: means.indexOf(Math.max(...means)) };
  }

  function showing(network, image, chance, random) {
    const { cells: count, steps, weights } = network;
    const lit = [...image.keys()].filter((i) => image[i] > 0);
    const chances = lit.map((i) => single(image[i] * chance));
    const state = begun(network);
    const counts = new Int32Array(count);
    const spikes = { step: [], cell: [] };
    const added = new Float32Array(count);
    for (let step = 0; step < steps; step++) {
      const fired = advance(state, network.constants);
      added.fill(0);
      lit.forEach((input, k) => {
        if (random.uniform() < chances[k]) for (let j = 0; j < count; j++) added[j] += weights[input * count + j];
      });
      for (let j = 0; j < count; j++) state.g_e[j] += added[j];
      if (fired.length) inhibit(state, fired, network.inhibition);
      for (const j of fired) {
        counts[j] += 1;
        spikes.step.push(step);
        spikes.cell.push(j);
        state.v[j] = network.constants.v_reset;
        state.held[j] = network.constants.hold;
      }
    }
    return { counts, spikes };
  }

  function begun({ cells, constants, theta }) {
    const filled = (value) => new Float32Array(cells).fill(value);
    const thresholds = Float32Array.from(theta, (raised) => single(constants.v_threshold + raised));
    return { v: filled(constants.e_rest), g_e: filled(0), g_i: filled(0), held: filled(RESTING), thresholds };
  }

  /** One step of all cells: who fired, in order. */
  function advance({ v, g_e, g_i, held, thresholds }, constants) {
    const { leak, decay_e, decay_i, gain_e, gain_i, e_rest, e_inhibitory } = constants;
    const pull = single(leak * e_rest);
    const whole = single(1 + leak);
    const fired = [];
    for (let j = 0; j < v.length; j++) {
      const e = single(gain_e * g_e[j]);
      const i = single(gain_i * g_i[j]);
      const above = single(single(v[j] + pull) + single(i * e_inhibitory));
      if (held[j] <= 0) v[j] = above / single(single(whole + e) + i);
      g_e[j] = decay_e * g_e[j];
      g_i[j] = decay_i * g_i[j];
      held[j] -= 1;
      if (v[j] > thresholds[j] && held[j] < -1) fired.push(j);
    }
    return fired;
  }

  /** Each spike holds down all other cells. */
  function inhibit({ g_i }, fired, inhibition) {
    const all = single(inhibition * fired.length);
    for (let j = 0; j < g_i.length; j++) g_i[j] += all;
    for (const j of fired) g_i[j] -= inhibition;
  }

  /** The mean spike count of the cells that stand for each class. */
  function meansOf({ labels }, counts) {
    return Array.from({ length: 10 }, (_, digit) => {
      const own = [...labels.keys()].filter((j) => labels[j] === digit);
      return own.reduce((sum, j) => sum + counts[j], 0) / Math.max(own.length, 1);
    });
  }

  /** Turns codes of 8 bits into weights. */
  function weigh(network) {
    const { cells, codes, scale } = network;
    network.weights = Float32Array.from(codes, (code, k) => code * scale[k % cells]);
    network.labels = Array.from(network.labels);
  }

  return { answer, weigh };
})();
