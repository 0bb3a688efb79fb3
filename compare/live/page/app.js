// The page itself: what is drawn, both networks' answer to it, and all views of that.
"use strict";

const App = (() => {
  const element = (id) => document.getElementById(id);
  const INVERSE = Math.fround(1 / 255); // as data/digits.py makes bytes into brightness

  let given; // of Networks
  let state;
  let thought = null;
  let answered = null; // Brian2's answer to `thought`, once there is one
  let seen = null; // 784: the digit, prepared and corrupted
  let pad;
  let clock;
  let brian = null;
  let frame = null; // that is asked for, to think again
  let now = 0; // of the clock, in steps
  let written = ""; // the hash that the page last wrote itself
  const lines = new Map(); // the strongest weights of each network

  async function start() {
    given = await Networks.unpacked(element("given").textContent, element("packed").textContent);
    state = opened();
    connect();
    think(true);
    document.documentElement.dataset.ready = "yes";
  }

  /** The state that the address tells of. */
  function opened() {
    const { index, labels } = given.digits;
    return State.fromHash(location.hash.slice(1), index, index[labels.indexOf(3)]);
  }

  /** The unit that is looked at. */
  function looked() {
    const counts = thought.bio.counts[1];
    return state.unit ?? [0, counts.indexOf(Math.max(...counts))];
  }

  const network = () => Networks.find(given, state.activation, state.hidden);

  const pixelsOf = (digit) => {
    const place = given.digits.index.indexOf(digit);
    return Float32Array.from(given.digits.pixels.subarray(place * 784, (place + 1) * 784), (byte) => byte * INVERSE);
  };

  /** What the networks see of the state. */
  function look({ strokes, digit, corruption, severity, seed }) {
    const bytes = () => Drawing.prepare(Drawing.render(strokes), Drawing.SIDE);
    const pixels = digit === null ? Float32Array.from(bytes(), (byte) => byte * INVERSE) : pixelsOf(digit);
    return corruption === "none" ? pixels : Distort.apply(pixels, corruption, severity, seed, digit ?? 0);
  }

  /** Both answers to the state; `final` where the pen is lifted: time runs from then on, and Brian2 is asked. */
  function think(final) {
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
    seen = look(state);
    const knobs = ["tau_m", "t_ref", "noise", "threshold"].map((name) => [name, Knobs.value(state, network(), name)]);
    const { activation, hidden, input, duration, seed, silenced, digit } = state;
    const asked = {
      activation,
      hidden,
      input,
      duration,
      seed,
      silenced,
      index: digit ?? 0,
      ...Object.fromEntries(knobs),
    };
    thought = Think.answer(network(), { pixels: Array.from(seen), ...asked });
    answered = null;
    element("sentence").textContent = sentence();
    Knobs.show(state, network());
    Unit.show(looked(), thought);
    pad.draw();
    const { ann, bio } = network().accuracy;
    element("accuracy").textContent =
      `On 10,000 test digits this standard network reads ${percent(ann)}, ` +
      `its spiking twin, shown steady currents, ${percent(bio)}.`;
    clock.renew(thought.bio, final);
    if (final) {
      keep();
      brian?.ask(thought);
    }
  }

  const percent = (share) => `${(100 * share).toFixed(1)} %`;

  function sentence() {
    const label = state.digit === null ? null : given.digits.labels[given.digits.index.indexOf(state.digit)];
    if (!seen.some((value) => value > 0)) {
      const { answer } = thought.ann;
      return (
        `Nothing is drawn, and still the standard network says ${answer}: ` + "it has no “none of these”. Draw a digit."
      );
    }
    return Think.sentence(thought, label);
  }

  /** Writes the state into the address. */
  function keep() {
    written = State.toHash(state);
    history.replaceState(null, "", `#${written}`);
  }

  function change(changes, final) {
    const found = typeof changes === "function" ? changes(state) : changes;
    const other = found.hidden && found.hidden !== state.hidden;
    state = { ...(other ? State.withHidden(state, found.hidden) : state), ...found };
    if (final) think(true);
    else frame ??= requestAnimationFrame(() => think(false));
  }

  /** A knob that moves shows where it leads at once; address and Brian2 follow. */
  function turn(changes) {
    change(changes, false);
    clearTimeout(turn.timer);
    turn.timer = setTimeout(() => {
      if (frame !== null) think(false);
      keep();
      brian?.ask(thought);
    }, 150);
  }

  // --- Views

  function draw(at) {
    now = at;
    const colour = Canvas.colours();
    const views = { clock: at, unit: looked(), brian: answered };
    const canvas = (id) => Canvas.cleared(element(id), colour);
    Canvas.image(canvas("seen"), seen, 0, 0, element("seen").clientWidth, (value) => [colour.ink, value]);
    drawColumns(canvas("ann"), {
      ink: colour.ann,
      inputs: null,
      lit: Columns.activations(thought),
      answer: thought.ann.answer,
    });
    const flashes = thought.network.sizes.map((_, layer) => Columns.flashes(thought, layer, at));
    const inputs = state.input === "current" ? null : flashes[0];
    const leads = flashes[flashes.length - 1].some((lit) => lit > 0);
    const answer = leads ? thought.bio.verdicts[at - 1] : null;
    drawColumns(canvas("bio"), { ink: colour.bio, inputs, lit: flashes.slice(1), answer });
    Plots.raster(canvas("raster"), thought, views);
    Plots.membrane(canvas("membrane"), thought, views);
    Plots.race(canvas("race"), thought, views);
    Plots.scatter(canvas("scatter"), thought, views);
    element("agreement").textContent = agreement(at);
  }

  function drawColumns(view, shown) {
    const { network } = thought;
    if (!lines.has(network)) lines.set(network, Columns.strongest(network));
    const shape = Columns.layout(view.width, view.height, network.sizes);
    Columns.draw(view, shape, {
      pixels: seen,
      lines: lines.get(network),
      silenced: state.silenced,
      unit: looked(),
      ...shown,
    });
  }

  function agreement(at) {
    const rates = thought.network.layers.slice(0, -1).map((_, layer) => Plots.ratesAt(thought, layer, at));
    const { both, unit, cell, none, mcc } = Think.agreement(thought, rates);
    const number = mcc === null ? "" : `, agreement ${mcc.toFixed(2).replace("-", "−")} (Matthews)`;
    return `On in both: ${both}; off in both: ${none}; only the unit: ${unit}; only the cell: ${cell}${number}.`;
  }

  // --- Controls

  function connect() {
    pad = Pad.on(element("pad"), {
      drawn: () => ({ strokes: state.strokes, digit: state.digit }),
      pixelsOf,
      width: () => Number(element("brush").value) / 100,
      onChange: change,
      onSay: (text) => (element("cursor").textContent = text),
    });
    const parts = ["play", "scrub", "slowness", "time"].map(element);
    clock = Clock.on({ play: parts[0], scrub: parts[1], slowness: parts[2], shown: parts[3] }, draw);
    Knobs.connect(turn);
    Unit.connect({ looked, onLook: lookAt, onSilence: silence });
    if (document.querySelector("meta[name=brian2]")) brian = Brian.start({ onAnswer, onAway, onAsking });
    element("undo").addEventListener("click", pad.undo);
    element("clear").addEventListener("click", pad.clear);
    element("load").addEventListener("click", () => pad.load(another(wantedDigits())));
    element("disagreed").addEventListener("click", disagreed);
    element("reset").addEventListener("click", reset);
    for (const id of ["ann", "bio"]) element(id).addEventListener("click", (event) => clicked(event, id));
    element("save-picture").addEventListener("click", () =>
      Save.picture(element("stage"), sentence(), "two-networks.png"),
    );
    element("save-data").addEventListener("click", saveData);
    window.addEventListener("hashchange", () => location.hash.slice(1) !== written && reopen());
    new ResizeObserver(() => refresh()).observe(element("stage"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
  }

  function reopen() {
    state = opened();
    think(true);
  }

  function refresh() {
    if (thought === null) return;
    pad.draw();
    Unit.show(looked(), thought);
    draw(now);
  }

  /** Test digits of the class that is asked for, or all. */
  function wantedDigits() {
    const wanted = element("wanted").value;
    return given.digits.index.filter((_, k) => wanted === "any" || given.digits.labels[k] === Number(wanted));
  }

  /** One of some test digits by chance, not the one that is shown. */
  function another(digits) {
    const others = digits.filter((digit) => digit !== state.digit);
    return others[Math.floor(Math.random() * others.length)] ?? digits[0];
  }

  /** A test digit that the networks, as they are without knobs, disagree on. */
  function disagreed() {
    const plain = { activation: state.activation, hidden: state.hidden };
    state = {
      ...State.withHidden(State.initial(), state.hidden),
      ...plain,
      strokes: state.strokes,
      digit: state.digit,
    };
    pad.load(another(network().disagreed));
  }

  /** All knobs as at the beginning; the drawing stays. */
  function reset() {
    state = { ...State.initial(), strokes: state.strokes, digit: state.digit };
    think(true);
  }

  function clicked(event, id) {
    const box = element(id).getBoundingClientRect();
    const shape = Columns.layout(box.width, box.height, thought.network.sizes);
    const found = Columns.unitAt(shape, event.clientX - box.left, event.clientY - box.top);
    if (found) lookAt(found);
  }

  function lookAt(unit) {
    state = { ...state, unit };
    keep();
    refresh();
  }

  function silence(layer, unit) {
    const silenced = state.silenced.map((units, k) => {
      if (k !== layer) return units;
      return units.includes(unit) ? units.filter((one) => one !== unit) : [...units, unit].sort((a, b) => a - b);
    });
    turn({ silenced });
  }

  function saveData() {
    const address = location.href.replace(/token=[^&#]*/, "token=");
    Save.data(thought, { made: given.made, address, brian: answered, sentence: sentence(), name: "two-networks.json" });
  }

  // --- Brian2

  function onAnswer(asked, answer) {
    if (asked !== thought) return;
    answered = answer;
    tell(Brian.sentence(asked, answer), Brian.compared(asked, answer).different ? "differs" : "agrees");
    draw(now);
  }

  const onAway = (text) => tell(`Brian2: ${text}.`, "away");
  const onAsking = () => tell("Brian2 is asked …", "asking");

  function tell(text, kind) {
    element("brian").textContent = text;
    element("brian").dataset.kind = kind;
  }

  return { start };
})();

App.start();
