// Asks Brian2 on the server that the page came from, one drawing at a time, the newest only, and compares the spikes.
"use strict";

const Brian = (() => {
  const RETRY = 2_000; // ms between looks whether the server is back

  /**
   * A conversation with the server: `ask(thought)` as often as wanted.
   * @param {Object} ways  {onAnswer(thought, answer), onAway(sentence), onAsking()}
   */
  function start({ onAnswer, onAway, onAsking }) {
    const client = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
    const token = new URLSearchParams(location.search).get("token");
    const headers = { "Content-Type": "application/json", ...(token ? { "X-Token": token } : {}) };
    let number = 0;
    let waiting = null; // the newest thought that was not asked yet
    let busy = false;
    let away = false;

    function ask(thought) {
      waiting = thought;
      if (!busy && !away) next();
    }

    async function next() {
      const thought = waiting;
      waiting = null;
      busy = true;
      onAsking();
      const answer = await post(thought.question).catch(() => null);
      busy = false;
      try {
        hear(thought, answer);
      } finally {
        if (waiting && !away) next();
      }
    }

    function hear(thought, answer) {
      if (answer === null) leave(thought, "the server does not answer");
      else if (answer.ok) onAnswer(thought, answer.body);
      else if (answer.status >= 500) leave(thought, answer.body.error);
      else if (answer.status !== 409) onAway(answer.body.error);
    }

    async function post(question) {
      number += 1;
      const body = JSON.stringify({ client, number, ...question });
      const response = await fetch("api/think", { method: "POST", headers, body });
      return { ok: response.ok, status: response.status, body: await response.json() };
    }

    function leave(thought, sentence) {
      away = true;
      waiting ??= thought;
      onAway(`${sentence}; the page thinks on by itself and looks for it every ${RETRY / 1e3} s`);
      setTimeout(look, RETRY);
    }

    async function look() {
      try {
        const response = await fetch("api/health", { headers });
        if (!response.ok) throw new Error("not yet");
      } catch {
        setTimeout(look, RETRY);
        return;
      }
      away = false;
      if (waiting && !busy) next();
    }

    return { ask };
  }

  /** Whether Brian2's spikes are the page's own: {total, different}, counting those that only one of them has. */
  function compared({ bio }, { spikes }) {
    let [total, different] = [0, 0];
    bio.spikes.forEach(({ step, cell }, layer) => {
      const [steps, cells] = spikes[layer];
      const own = new Set(Array.from(step, (at, k) => `${at} ${cell[k]}`));
      const both = steps.filter((at, k) => own.has(`${at} ${cells[k]}`)).length;
      total += steps.length;
      different += own.size + steps.length - 2 * both;
    });
    return { total, different };
  }

  /** What a comparison came to, in a sentence. */
  function sentence(thought, answer) {
    const { total, different } = compared(thought, answer);
    const spikes = `${total.toLocaleString("en")} spikes`;
    const time = `${Math.round(answer.seconds * 1e3)} ms`;
    if (!different) return `Brian2 ${answer.brian2} agrees, spike for spike: ${spikes}, simulated in ${time}.`;
    const differ = `${different} of its and the page's spikes differ`;
    return `Brian2 ${answer.brian2} says ${answer.answer}, and ${differ} (${spikes}, ${time}).`;
  }

  return { compared, sentence, start };
})();
