// One digit through both networks: what each made of it, and how far they agree. What the views look at.
"use strict";

const Think = (() => {
  const DT = 1e-3; // s
  const LATE = 0.9; // of the time: a leader that last changed later has not settled
  const STANDARD_SPAN = 20e-3; // V: noise is told in units of this, so that a moved threshold leaves it as it was

  /**
   * Both networks' answer.
   * @param {Object} network  of Networks
   * @param {Object} question  as it is sent to the server: compare/live/request.py names its fields
   * @returns {Object} {question, network, cell, ann, bio}; `ann` of Mlp.forward, `bio` of Lif.simulate with `answer`,
   *   `settled` (ms, or null where no output cell fired), and `on`: {hits, misses, …} of hidden units and cells
   */
  function answer(network, question) {
    const pixels = Float32Array.from(question.pixels);
    const cell = changed(network.cell, question);
    const ann = Mlp.forward(network, pixels, question.silenced);
    const { input, seed, index, silenced } = question;
    const bio = Lif.simulate(network, {
      pixels,
      input,
      cell,
      duration: question.duration / 1e3,
      dt: DT,
      seed,
      index,
      silenced,
    });
    bio.answer = bio.verdicts[bio.steps - 1];
    bio.settled = settled(bio);
    return { question, network, cell, ann, bio };
  }

  /** The cell with the constants of the question, which are in ms, mV and standard thresholds. */
  function changed(cell, { tau_m, t_ref, noise, threshold }) {
    const moved = { ...cell, tau_m: tau_m / 1e3, t_ref: t_ref / 1e3, v_threshold: cell.v_rest + threshold / 1e3 };
    return { ...moved, noise: (noise * STANDARD_SPAN) / Lif.span(moved) };
  }

  /** When the verdict was last changed, and some output cell had fired, in ms. */
  function settled({ verdicts, spikes, steps, dt }) {
    const output = spikes[spikes.length - 1];
    if (!output.step.length) return null;
    let since = steps - 1;
    while (since > 0 && verdicts[since - 1] === verdicts[steps - 1]) since -= 1;
    return Math.round((Math.max(since, output.step[0]) + 1) * dt * 1e3);
  }

  /** How many of some ascending steps lie before one. */
  function before(ascending, step) {
    let low = 0;
    let high = ascending.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ascending[middle] < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** (cells): how often each cell of a layer (0: the inputs) had fired before a step. */
  function countsUntil({ spikes, counts }, layer, step) {
    const found = new Int32Array(counts[layer].length);
    const end = before(spikes[layer].step, step);
    for (let k = 0; k < end; k++) found[spikes[layer].cell[k]] += 1;
    return found;
  }

  /** The rates in Hz that spike counts over a time (s) tell of, as compare/mapping.py has it: by the network's own cell. */
  function rates(counts, time, { cell }) {
    return Float64Array.from(counts, (n) => (n ? (n + 0.5) / (time + cell.t_ref) : 0));
  }

  /** Of all hidden units that are not silenced: on both sides, on one, on none; and Matthews' correlation (or null). */
  function agreement({ ann, network, question }, ratesOfLayers) {
    const table = { both: 0, unit: 0, cell: 0, none: 0 };
    ratesOfLayers.forEach((rate, layer) => {
      rate.forEach((hz, unit) => {
        if (question.silenced[layer].includes(unit)) return;
        const on = ann.sums[layer][unit] > 0;
        const fires = hz > network.layers[layer].on_rate;
        table[on ? (fires ? "both" : "unit") : fires ? "cell" : "none"] += 1;
      });
    });
    const { both, unit, cell, none } = table;
    const scale = Math.sqrt((both + unit) * (both + cell) * (none + unit) * (none + cell));
    return { ...table, mcc: scale ? (both * none - unit * cell) / scale : null };
  }

  /** What happened, in a sentence; `label` is what a test digit is, null for a drawing. */
  function sentence({ ann, bio }, label) {
    const isRight = ann.answer === label || bio.answer === label;
    const truth =
      label === null ? "" : `${isRight ? " It" : " Both are wrong: it"} is ${label === 8 ? "an" : "a"} ${label}.`;
    if (bio.settled === null) {
      const leaning = `no output cell fired, so that the spiking one leans to ${bio.answer}, whose cell came closest`;
      return `The standard network says ${ann.answer}; ${leaning}.${truth}`;
    }
    const { settled, how } = manner(bio);
    if (ann.answer !== bio.answer) {
      return `They disagree: the standard network says ${ann.answer}, the spiking one ${bio.answer}, ${how}.${truth}`;
    }
    return `Both say ${ann.answer}${settled ? "; the spiking network had" : ", the spiking network"} ${how}.${truth}`;
  }

  /** How the spiking network came to its answer: {settled: early and with most spikes, how: in words}. */
  function manner(bio) {
    const counts = bio.counts[bio.counts.length - 1];
    const rivals = [...counts.keys()].filter((c) => c !== bio.answer && counts[c] === counts[bio.answer]);
    const named = (n, what) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
    if (rivals.length) {
      const tie = `in a tie with ${rivals.join(" and ")} at ${named(counts[bio.answer], "spike")}`;
      return { settled: false, how: `${tie}, by its higher voltage` };
    }
    const duration = bio.steps * bio.dt * 1e3;
    if (bio.settled >= LATE * duration) return { settled: false, how: `only since ${bio.settled} of ${duration} ms` };
    const until = Math.round(bio.settled / 1e3 / bio.dt);
    const [inputs, ...own] = bio.spikes.map(({ step }) => before(step, until));
    const more = inputs ? `, and ${named(inputs, "spike")} of the input` : "";
    const spikes = named(
      own.reduce((sum, n) => sum + n, 0),
      "spike",
    );
    return { settled: true, how: `settled after ${bio.settled} ms with ${spikes}${more}` };
  }

  return { DT, answer, agreement, before, countsUntil, rates, sentence };
})();
