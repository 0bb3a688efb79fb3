// All views of a thought: both networks, the plots, and what is said in words.
"use strict";

const Views = (() => {
  const element = (id) => document.getElementById(id);
  const lines = new Map(); // the strongest weights of each network

  /**
   * Draws all views as they are at a time.
   * @param {Object} thought  of Think
   * @param {Object} at  {clock (steps), unit: [layer, unit], brian: the server's answer, or null, third: of Learned}
   */
  function draw(thought, at) {
    const { network, bio, ann, question } = thought;
    const colour = Canvas.colours();
    const cleared = (id) => Canvas.cleared(element(id), colour);
    const seen = cleared("seen");
    Canvas.image(seen, question.pixels, 0, 0, seen.width, (value) => [colour.ink, value]);
    const lit = Columns.activations(thought);
    drawColumns(cleared("ann"), thought, at.unit, { ink: colour.ann, inputs: null, lit, answer: ann.answer });
    const [inputs, ...flashes] = network.sizes.map((_, layer) => Columns.flashes(thought, layer, at.clock));
    const hasVerdict = flashes[flashes.length - 1].some((cell) => cell > 0);
    drawColumns(cleared("bio"), thought, at.unit, {
      ink: colour.bio,
      inputs: question.input === "current" ? null : inputs,
      lit: flashes,
      answer: hasVerdict ? bio.verdicts[at.clock - 1] : null,
    });
    Plots.raster(cleared("raster"), thought, at);
    Membrane.draw(cleared("membrane"), thought, at);
    Plots.race(cleared("race"), thought, at);
    Scatter.draw(cleared("scatter"), thought, at);
    Fields.draw(cleared("fields"), at.third.network, at.third, at.clock / bio.steps);
    element("agreement").textContent = agreement(thought, at.clock);
    Unit.show(thought, at);
  }

  function drawColumns(view, { network, question }, unit, shown) {
    if (!lines.has(network)) lines.set(network, Columns.strongest(network));
    const { pixels, silenced } = question;
    const shape = Columns.layout(view.width, view.height, network.sizes);
    Columns.draw(view, shape, { pixels, silenced, unit, lines: lines.get(network), ...shown });
  }

  function agreement(thought, clock) {
    const { both, unit, cell, none, mcc } = Think.agreement(thought, Scatter.rates(thought, clock));
    const number = mcc === null ? "" : ` Matthews’ correlation: ${mcc.toFixed(2).replace("-", "−")}; 1 is perfect.`;
    return `On in both: ${both}; off in both: ${none}; only the unit is on: ${unit}; only the cell: ${cell}.${number}`;
  }

  /** What happened, in a sentence; `label` of a test digit, null for a drawing. */
  function sentence(thought, label) {
    const { question, ann, bio } = thought;
    if (question.pixels.some((value) => value > 0)) return Think.sentence(thought, label);
    const twin = ann.answer === bio.answer ? "and so does its twin" : `its twin ${bio.answer}`;
    const says = `the standard network says ${ann.answer}, ${twin}`;
    return `Nothing is drawn, and still ${says}: neither has a “none of these”.`;
  }

  /** What the third learner says, in a sentence. */
  function thirdSentence({ network, counts, showings, answer, means }) {
    const spikes = counts.reduce((sum, count) => sum + count, 0);
    const again = showings > 1 ? `, shown ${showings} times, brighter each time` : "";
    const trained = network.digits_trained.toLocaleString("en");
    const share = `${(100 * network.accuracy).toFixed(1)} %`;
    const score = `After ${trained} of MNIST's training digits these cells read ${share} of its test digits.`;
    if (!spikes) return `The third learner is silent${again}. ${score}`;
    const mean = means[answer].toFixed(1);
    const why = `its cells for ${answer} fired ${mean} spikes each, on average${again}`;
    return `The third learner says ${answer}: ${why}. ${score}`;
  }

  /** Says it; `final` where it should be read out, too. */
  function tell(thought, third, label, final) {
    element("sentence").textContent = sentence(thought, label);
    element("third-text").textContent = thirdSentence(third);
    if (!final) return;
    element("spoken").textContent = sentence(thought, label);
    element("outputs").replaceChildren(...outputs(thought));
    const { ann, bio, digits } = thought.network.accuracy;
    const [standard, spiking] = [ann, bio].map((share) => `${(100 * share).toFixed(1)} %`);
    element("accuracy").textContent =
      `Of ${digits.toLocaleString("en")} test digits, with no knob turned and no unit silenced, ` +
      `this standard network reads ${standard}, its spiking twin, given steady currents, ${spiking}.`;
  }

  /** The ten outputs as rows of a table, for those who cannot see the race. */
  function outputs({ ann, bio }) {
    const counts = bio.counts[bio.counts.length - 1];
    const activations = ann.activations[ann.activations.length - 1];
    return Array.from(activations, (share, digit) => {
      const row = document.createElement("tr");
      for (const value of [digit, share.toFixed(2), counts[digit]]) row.insertCell().textContent = String(value);
      return row;
    });
  }

  return { draw, sentence, tell };
})();
