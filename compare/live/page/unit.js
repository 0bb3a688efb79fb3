// The unit that is looked at, in both networks: what it looks for, what it did, and whether it is silenced.
"use strict";

const Unit = (() => {
  const element = (name) => document.getElementById(name);

  /**
   * Connects the choice of a unit, and the button that silences it.
   * @param {Object} ways  {looked() → [layer, unit], onLook([layer, unit]), onSilence(layer, unit)}
   */
  function connect({ looked, onLook, onSilence }) {
    element("unit-layer").addEventListener("change", () => onLook([Number(element("unit-layer").value), 0]));
    element("unit-number").addEventListener("change", () => {
      const box = element("unit-number");
      const wanted = Math.round(Number(box.value));
      onLook([looked()[0], Math.min(Math.max(wanted || 0, 0), Number(box.max))]);
    });
    element("silence").addEventListener("click", () => onSilence(...looked()));
  }

  /** What a unit is called. */
  function name(network, [layer, unit]) {
    return layer === network.layers.length - 1
      ? `output ${unit}`
      : `unit ${unit} of ${Plots.layerName(network, layer)}`;
  }

  /**
   * Shows the unit as it is at a time.
   * @param {Object} thought  of Think
   * @param {Object} at  {clock (steps), unit: [layer, number]}
   */
  function show({ network, question, ann, bio }, { clock, unit: [layer, number] }) {
    const last = layer === network.layers.length - 1;
    const layers = element("unit-layer");
    const names = network.layers.map((_, k) => Plots.layerName(network, k));
    if (Array.from(layers.options, (option) => option.text).join() !== names.join()) {
      layers.replaceChildren(...names.map((text, k) => new Option(text, String(k))));
    }
    layers.value = String(layer);
    Object.assign(element("unit-number"), { max: network.sizes[layer + 1] - 1, value: number });
    drawn(network, layer, number);
    const counts = Think.countsUntil(bio, layer + 1, clock);
    const spikes = counts[number];
    const hz = Think.rates([spikes], clock * bio.dt, network)[0];
    const isSilent = !last && question.silenced[layer].includes(number);
    element("unit-text").textContent =
      `Weighted sum ${signed(ann.sums[layer][number])}, activation ${ann.activations[layer][number].toFixed(2)}; ` +
      `in ${Math.round(clock * bio.dt * 1e3)} ms its cell fired ${spikes} ${spikes === 1 ? "spike" : "spikes"}, ` +
      `a rate of about ${Math.round(hz)} Hz.`;
    element("unit-through").hidden = layer === 0;
    element("silence").disabled = last;
    element("silence").textContent = last ? "Outputs stay" : isSilent ? "Let it speak again" : "Silence it in both";
  }

  const signed = (value) => value.toFixed(2).replace("-", "−");

  function drawn(network, layer, number) {
    const canvas = element("weights");
    const style = getComputedStyle(document.documentElement);
    const view = Canvas.cleared(canvas, Canvas.colours());
    const seen = Networks.looksFor(network, layer, number);
    const largest = seen.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    const [plus, minus] = ["plus", "minus"].map((sign) => style.getPropertyValue(`--${sign}`).trim());
    Canvas.image(view, seen, 0, 0, view.width, (value) => [value > 0 ? plus : minus, Math.abs(value) / largest]);
    const through = layer ? " through the layers below, as if all were linear" : "";
    canvas.setAttribute(
      "aria-label",
      `What ${name(network, [layer, number])} looks for: the weights of its pixels${through}`,
    );
  }

  return { connect, name, show };
})();
