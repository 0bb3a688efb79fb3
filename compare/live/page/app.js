// The page itself: what is drawn and turned, both networks' thought about it, and who is told.
"use strict";

const App = (() => {
  const element = (id) => document.getElementById(id);
  const INVERSE = Math.fround(1 / 255); // as data/digits.py makes bytes into brightness
  const PATIENCE = 150; // ms that a knob must stand before Brian2 is asked

  let given; // of Networks
  let state;
  let thought = null;
  let third = null; // what the third learner made of the same digit
  let answered = null; // Brian2's answer to `thought`, once there is one
  let busiest = null; // of `thought`: the unit that is looked at while nobody has chosen one
  let renewed = true; // what is thought next is of another drawing or network, with another busiest unit
  let pad;
  let clock;
  let brian = null;
  let frame = null; // that is asked for, to think again
  let timer = null; // after which Brian2 is asked
  let now = 0; // of the clock, in steps
  let written = ""; // the hash that the page last wrote itself

  async function start() {
    given = await Networks.unpacked(element("given").textContent, element("packed").textContent);
    state = opened();
    connect();
    think("start");
    settle();
    document.documentElement.dataset.ready = "yes";
  }

  /** The state that the address tells of. */
  function opened() {
    return State.fromHash(location.hash.slice(1), given.digits.index, given.digits.first);
  }

  /** The unit that is looked at; where nobody has chosen, the busiest of the first layer. */
  const looked = () => state.unit ?? busiest;

  const network = () => Networks.find(given, state.activation, state.hidden);
  const label = () => (state.digit === null ? null : given.digits.labels[given.digits.index.indexOf(state.digit)]);

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

  /** What is asked of both networks, and of Brian2: compare/live/request.py names the fields. */
  function question() {
    const { activation, hidden, input, duration, seed, silenced, digit } = state;
    const asked = { activation, hidden, input, duration, seed, silenced, index: digit ?? 0 };
    for (const name of Knobs.OWN) asked[name] = Knobs.value(state, network(), name);
    return { pixels: Array.from(look(state)), ...asked };
  }

  /** Both networks' answer to the state as it is, and the clock to its "start" or "end", or as it "stands". */
  function think(where) {
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
    thought = Think.answer(network(), question());
    if (renewed) {
      const counts = thought.bio.counts[1];
      busiest = [0, counts.indexOf(Math.max(...counts))];
      renewed = false;
    }
    third = Learned.answer(given.third, thought.question);
    if (answered) tell("Brian2 is asked …", "asking");
    answered = null;
    Knobs.show(state, network());
    offer("disagreed", network().disagreed.length > 0, "They disagree on none of the test digits.");
    Views.tell(thought, third, label(), false);
    pad.draw();
    clock.renew(thought.bio, where);
  }

  /** What was thought last is meant: it is read out, kept in the address, and Brian2 is asked. */
  function settle() {
    Views.tell(thought, third, label(), true);
    keep();
    brian?.ask(thought);
  }

  function keep() {
    written = State.toHash(state);
    history.replaceState(null, "", `#${written}`);
  }

  function change(changes) {
    const isOther = changes.hidden && changes.hidden !== state.hidden;
    state = { ...(isOther ? State.withHidden(state, changes.hidden) : state), ...changes };
    if (["strokes", "hidden", "activation"].some((name) => name in changes)) renewed = true;
  }

  /** A stroke that grows is thought about in each frame; once it is `done`, at once. */
  function drawn(changes, done) {
    change(changes);
    if (done) {
      clearTimeout(timer);
      think("start");
      settle();
    } else frame ??= requestAnimationFrame(() => think("end"));
  }

  /** A knob that turns shows where it leads; once it stands, that is meant. Units of other layers are shown at once. */
  function turn(changes) {
    change(typeof changes === "function" ? changes(state) : changes);
    if (changes.hidden) think("stands");
    else frame ??= requestAnimationFrame(() => think("stands"));
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (frame !== null) think("stands");
      settle();
    }, PATIENCE);
  }

  function draw(at = now) {
    now = at;
    Views.draw(thought, { clock: at, unit: looked(), brian: answered, third });
  }

  // --- Controls

  function connect() {
    pad = Pad.on(element("pad"), {
      drawn: () => ({ strokes: state.strokes, digit: state.digit }),
      pixelsOf,
      width: () => Number(element("brush").value) / 100,
      onChange: drawn,
      onSay: (text) => (element("cursor").textContent = text),
    });
    const [play, scrub, slowness, shown] = ["play", "scrub", "slowness", "time"].map(element);
    clock = Clock.on({ play, scrub, slowness, shown }, draw);
    Knobs.connect(turn, network);
    Unit.connect({ looked, onLook: lookAt, onSilence: silence });
    if (document.querySelector("meta[name=brian2]")) brian = Brian.start({ onAnswer, onAway, onAsking });
    const buttons = {
      undo: pad.undo,
      clear: pad.clear,
      load,
      disagreed,
      reset,
      "save-picture": picture,
      "save-data": data,
    };
    for (const [id, act] of Object.entries(buttons)) element(id).addEventListener("click", () => act());
    element("wanted").addEventListener("change", offerWanted);
    offerWanted(); // a browser may keep the choice through a reload
    for (const id of ["ann", "bio"]) element(id).addEventListener("click", (event) => clicked(event, id));
    window.addEventListener("hashchange", () => location.hash.slice(1) !== written && reopen());
    new ResizeObserver(refresh).observe(element("stage"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
    element("knobs").open = matchMedia("(min-width: 62rem)").matches;
  }

  function reopen() {
    pad.drop();
    pad.remember(state);
    drawn(opened(), true);
  }

  function refresh() {
    if (thought === null) return;
    pad.draw();
    draw();
  }

  /** The test digits of the class that is asked for. */
  function wanted() {
    const { value } = element("wanted");
    const { index, labels } = given.digits;
    return index.filter((_, k) => value === "any" || labels[k] === Number(value));
  }

  const load = () => pad.load(another(wanted()));

  /** Whether a button can be pressed; where not, its title says why. */
  function offer(id, isThere, why) {
    Object.assign(element(id), { disabled: !isThere, title: isThere ? "" : why });
  }

  const offerWanted = () => offer("load", wanted().length > 0, "There is no test digit of this class.");

  /** One of some test digits by chance, not the one that is shown. */
  function another(digits) {
    const others = digits.filter((digit) => digit !== state.digit);
    return others[Math.floor(Math.random() * others.length)] ?? digits[0];
  }

  /** A test digit that the networks disagree on as long as no knob is turned: all are turned back. */
  function disagreed() {
    const { activation, hidden } = state;
    pad.remember(state);
    const digit = another(network().disagreed);
    drawn({ ...State.withHidden(State.initial(), hidden), activation, digit }, true);
  }

  /** All knobs as at the beginning, and no unit silenced; the drawing stays. */
  function reset() {
    const { strokes, digit } = state;
    pad.remember(state);
    drawn({ ...State.initial(), strokes, digit }, true);
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
    draw();
  }

  /** Silences a unit, or lets it speak again; it stays the one that is looked at. */
  function silence(layer, unit) {
    const silenced = state.silenced.map((units, k) => {
      if (k !== layer) return units;
      return units.includes(unit) ? units.filter((one) => one !== unit) : [...units, unit].sort((a, b) => a - b);
    });
    turn({ silenced, unit: [layer, unit] });
  }

  // --- Saving

  function picture() {
    const words = [
      Views.sentence(thought, label()),
      `${Knobs.summary(state, network())}. ${element("agreement").textContent}`,
    ];
    Save.picture(element("stage"), words, "two-networks.png");
  }

  function data() {
    const { digit, strokes, corruption, severity } = state;
    const shown = { state: State.toHash(state), digit, label: label(), strokes, corruption, severity };
    const sentence = Views.sentence(thought, label());
    Save.data(thought, third, { made: given.made, ...shown, sentence, brian2: answered }, "two-networks.json");
  }

  // --- Brian2

  function onAnswer(asked, answer) {
    if (asked !== thought) return;
    answered = answer;
    tell(Brian.sentence(asked, answer), Brian.compared(asked, answer).different ? "differs" : "agrees");
    draw();
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
