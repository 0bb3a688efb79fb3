// The knobs: controls of the page, and the numbers of the state behind them.
"use strict";

const Knobs = (() => {
  const OWN = ["tau_m", "t_ref", "noise", "threshold"]; // whose default is the network's own
  const element = (name) => document.getElementById(`knob-${name}`);

  /** The value of a knob, that of the network where the state leaves it open. */
  function value(state, network, name) {
    return state[name] ?? own(network, name);
  }

  const isOwn = (state, name) => !OWN.includes(name) || state[name] === null;

  /** What a network's cell has itself, in the units of the knobs. */
  function own({ cell }, name) {
    const round = (number) => Number(number.toPrecision(9));
    return {
      tau_m: () => round(cell.tau_m * 1e3),
      t_ref: () => round(cell.t_ref * 1e3),
      noise: () => round((cell.noise * (cell.v_threshold - cell.v_rest)) / 20e-3),
      threshold: () => round((cell.v_threshold - cell.v_rest) * 1e3),
    }[name]();
  }

  /**
   * Connects the knobs.
   * @param {(change: Object) => void} onChange  told what of the state changes
   */
  function connect(onChange) {
    for (const [name, [low, high, step]] of Object.entries(State.RANGES)) {
      const knob = element(name);
      Object.assign(knob, { min: low, max: high, step });
      knob.addEventListener("input", () => {
        if (knob.value !== "" && knob.validity.valid) onChange({ [name]: Number(knob.value) });
      });
    }
    for (const name of ["activation", "hidden", "input"]) {
      element(name).addEventListener("change", () => onChange({ [name]: element(name).value }));
    }
    element("corruption").addEventListener("change", () => {
      const name = element("corruption").value;
      const offered = Distort.NAMES[name]?.severities ?? [0];
      onChange({ corruption: name, severity: offered[Math.ceil((offered.length - 1) / 2)] });
    });
    element("severity").addEventListener("input", () => {
      onChange((state) => ({
        severity: Distort.NAMES[state.corruption].severities[Number(element("severity").value)],
      }));
    });
  }

  /** Shows the state on all knobs. */
  function show(state, network) {
    for (const name of Object.keys(State.RANGES)) {
      const knob = element(name);
      const now = value(state, network, name);
      if (Number(knob.value) !== now || knob.value === "") knob.value = String(now);
      const output = document.getElementById(`now-${name}`);
      if (output)
        output.value = `${now} ${knob.dataset.unit}${isOwn(state, name) ? "" : ` (its own: ${own(network, name)})`}`;
    }
    for (const name of ["activation", "hidden", "input", "corruption"]) element(name).value = state[name];
    showSeverity(state);
  }

  function showSeverity({ corruption, severity }) {
    const kind = Distort.NAMES[corruption];
    const knob = element("severity");
    knob.disabled = !kind;
    knob.max = String((kind?.severities.length ?? 1) - 1);
    knob.value = String(kind ? kind.severities.indexOf(severity) : 0);
    const text = kind ? `${Number(severity.toPrecision(2))} ${kind.unit}` : "none";
    document.getElementById("now-severity").value = text;
    knob.setAttribute("aria-valuetext", text);
  }

  return { connect, show, value };
})();
