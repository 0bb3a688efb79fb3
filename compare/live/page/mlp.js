// The standard network: z = a W + b and a = f(z), layer by layer (ann/mlp.py).
"use strict";

const Mlp = (() => {
  /** f(z) of hidden units, by activation; a cell's own curve as in compare/activations.py. */
  const CURVES = {
    relu: (z) => Math.max(0, z),
    sigmoid: (z) => 1 / (1 + Math.exp(-z)),
    lif: (z, { cell, gain, smoothing, lowest, highest, r_max }) => {
      const excess = gain * Math.min(Math.max(z, lowest), highest);
      const soft = excess / smoothing;
      const above = smoothing * (soft > 0 ? soft + Math.log1p(Math.exp(-soft)) : Math.log1p(Math.exp(soft)));
      return 1 / (cell.t_ref + cell.tau_m * Math.log1p(1 / above)) / r_max;
    },
  };

  /**
   * What the network makes of an image.
   * @param {Object} network  of Networks
   * @param {Float32Array} pixels  784 of them, 0 to 1
   * @param {number[][]} silenced  units of each hidden layer whose activation is 0
   * @returns {{sums: Float64Array[], activations: Float64Array[], answer: number}}
   */
  function forward(network, pixels, silenced) {
    const sums = [];
    const activations = [];
    let below = pixels;
    network.layers.forEach((layer, number) => {
      const z = weightedSums(layer, below);
      const last = number === network.layers.length - 1;
      const a = last ? outputs(network, z) : z.map((value) => activation(network, value));
      if (!last) for (const unit of silenced[number]) a[unit] = 0;
      sums.push(z);
      activations.push(a);
      below = a;
    });
    const z = sums[sums.length - 1];
    return { sums, activations, answer: z.indexOf(Math.max(...z)) };
  }

  /** The activation of a hidden unit whose weighted sum is z. */
  function activation(network, z) {
    return CURVES[network.activation](z, network.curve);
  }

  function weightedSums({ weights, biases, units }, below) {
    const sums = Float64Array.from(biases);
    below.forEach((value, i) => {
      if (value) for (let j = 0; j < units; j++) sums[j] += value * weights[i * units + j];
    });
    return sums;
  }

  /** Sigmoids behind sigmoids, a softmax behind all else. */
  function outputs(network, z) {
    if (network.activation === "sigmoid") return z.map((value) => CURVES.sigmoid(value));
    const highest = Math.max(...z);
    const powers = z.map((value) => Math.exp(value - highest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  }

  return { activation, forward };
})();
