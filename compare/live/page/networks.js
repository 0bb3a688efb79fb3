// Unpacks the networks and digits that the page was given (compare/live/payload.py).
"use strict";

const Networks = (() => {
  const TYPES = { i2: Int16Array, f8: Float64Array, u1: Uint8Array };

  /**
   * What the page was given: {made, networks, digits}.
   * @param {string} header  JSON, in which {at, length, type} stands for an array in the bytes
   * @param {string} packed  the bytes, gzipped, in base64
   */
  async function unpacked(header, packed) {
    const zipped = Uint8Array.from(atob(packed.trim()), (letter) => letter.charCodeAt(0));
    const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = await new Response(stream).arrayBuffer();
    const given = JSON.parse(header, (_, value) => {
      const isArray = value && typeof value === "object" && value.type in TYPES;
      return isArray ? new TYPES[value.type](bytes, value.at, value.length) : value;
    });
    given.networks.forEach(weigh);
    return given;
  }

  /** Turns the 16-bit codes of each layer into weights (inputs × units), as the server has them too. */
  function weigh(network) {
    for (const layer of network.layers) {
      layer.weights = Float64Array.from(layer.codes, (code) => code * layer.scale);
      layer.units = layer.biases.length;
      layer.inputs = layer.weights.length / layer.units;
    }
    network.sizes = [network.layers[0].inputs, ...network.layers.map((layer) => layer.units)];
  }

  /** The network of an activation and of hidden layers. */
  function find(given, activation, hidden) {
    return given.networks.find((one) => one.activation === activation && one.hidden === hidden);
  }

  /** (784): what a unit looks for; of a deeper layer, through the weights of those below, as if all were linear. */
  function looksFor(network, layer, unit) {
    const { weights, units, inputs } = network.layers[layer];
    let seen = Float64Array.from({ length: inputs }, (_, i) => weights[i * units + unit]);
    for (let below = layer - 1; below >= 0; below--) {
      const { weights, units, inputs } = network.layers[below];
      seen = Float64Array.from({ length: inputs }, (_, i) => {
        let sum = 0;
        for (let j = 0; j < units; j++) sum += weights[i * units + j] * seen[j];
        return sum;
      });
    }
    return seen;
  }

  return { unpacked, find, looksFor };
})();
