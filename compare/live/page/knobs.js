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
   * @param {() => Object} network  that is looked at
   */
  function connect(onChange, network) {
    for (const [name, [low, high, step]] of Object.entries(State.RANGES)) {
      const knob = element(name);
      Object.assign(knob, { min: low, max: high, step });
      knob.addEventListener("input", () => {
        if (knob.value === "" || !knob.validity.valid) return;
        const turned = Number(knob.value);
        onChange({ [name]: OWN.includes(name) && turned === own(network(), name) ? null : turned });
      });
      knob.addEventListener("change", () => knob.reportValidity());
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
      const text = told(name, now, knob.dataset.unit);
      if (output) {
        const usual = isOwn(state, name) ? "" : ` (its own: ${told(name, own(network, name), "").trim()})`;
        output.value = text + usual;
        knob.setAttribute("aria-valuetext", output.value);
      }
    }
    for (const name of ["activation", "hidden", "input", "corruption"]) element(name).value = state[name];
    showSeverity(state);
  }

  /** A value with its unit; noise, which is a multiple of 20 mV, in mV. */
  function told(name, value, unit) {
    return `${name === "noise" ? Number((value * 20).toPrecision(3)) : value} ${unit}`;
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

  /** What the knobs stand at, in words. */
  function summary(state, network) {
    const picked = ["activation", "hidden", "input"].map((name) => element(name).selectedOptions[0].text);
    const numbers = Object.keys(State.RANGES).map((name) => {
      const knob = element(name);
      return `${knob.labels[0].textContent} ${told(name, value(state, network, name), knob.dataset.unit ?? "")}`;
    });
    const spoiled =
      state.corruption === "none"
        ? []
        : [`${element("corruption").selectedOptions[0].text}, ${document.getElementById("now-severity").value}`];
    const silenced = state.silenced.flat().length;
    return [...picked, ...numbers, ...spoiled, ...(silenced ? [`${silenced} silenced`] : [])]
      .map((text) => text.trim())
      .join(" · ");
  }

  return { OWN, connect, show, summary, value };
})();
