// The browser's half of typed.py, which says what the two tell each other.
// What is typed is written to this computer at every key, sent at a pause, and forgotten when it came back as saved.

const SHELF = "nhr-typed:";
const KEPT_MS = 14 * 24 * 60 * 60 * 1000;
const PAUSE_MS = 600;
// A text that has not come back after this long is called unsaved, and sent again, ever less often.
const PATIENCE_MS = 4000;
const LONGEST_PATIENCE_MS = 30000;
// Two tabs with the same field must not write over each other: each has a place of its own on the shelf.
const TAB = Date.now().toString(36) + Math.random().toString(36).slice(2);

const fields = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let field = fields.get(parentElement);
  if (!field || field.key !== data.key) {
    field?.leave();
    field = new Field(parentElement, data);
    fields.set(parentElement, field);
  }
  field.hear(data, setStateValue);
  // Streamlit also calls this when a newer run's data came while this code was being loaded: the field stands, and lives.
  return () => {
    if (parentElement.isConnected) return;
    fields.get(parentElement)?.leave();
    fields.delete(parentElement);
  };
}

class Field {
  constructor(root, data) {
    this.key = data.key;
    this.root = root;
    this.session = null;
    this.sent = new Map(); // number of a text -> the text, until it is settled
    this.unanswered = []; // texts sent to servers that are gone, until one of this server's is settled
    this.wait = PATIENCE_MS;
    this.kept = true;
    this.build(data.rows);
    this.listen();
  }

  // What stands in the field, without what no database takes: control characters and halves of a character.
  get text() {
    return this.box.value.replace(
      /[\u0000-\u0008\u000b-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      ""
    );
  }

  get unsaved() {
    return this.number > this.settled;
  }

  get tooLong() {
    return [...this.text].length > this.data.longest;
  }

  get focused() {
    return this.root.activeElement === this.box;
  }

  build(rows) {
    this.part = (name) => this.root.querySelector(`.${name}`);
    this.box = document.createElement(rows > 1 ? "textarea" : "input");
    this.box.id = "box";
    if (rows > 1) this.box.rows = rows;
    else this.box.type = "text";
    this.box.style.setProperty("--rows", rows);
    this.part("place").replaceChildren(this.box);
  }

  listen() {
    const leaving = new AbortController();
    const on = (target, event, act) => target.addEventListener(event, act, { signal: leaving.signal });
    const hidden = () => document.visibilityState === "hidden" && this.push();
    on(this.box, "input", () => this.typed());
    on(this.box, "blur", (event) => {
      this.goOn(event.relatedTarget);
      this.push();
      this.settle();
    });
    on(this.box, "keydown", (event) => event.key === "Enter" && this.data.rows === 1 && this.push());
    on(window, "pagehide", () => this.push());
    on(document, "visibilitychange", hidden);
    on(window, "online", () => this.unsaved && this.push(true));
    this.deaf = () => leaving.abort();
  }

  // While the connection is down Streamlit lays a dialog over the page, which takes the cursor from whoever is writing:
  // closed at once. (No other dialog can come then; this field says itself that nothing is saved.)
  goOn(taker) {
    const dialog = taker?.closest('[role="dialog"]');
    const state = document.querySelector("[data-test-connection-state]")?.dataset.testConnectionState;
    if (!dialog || !state || state === "CONNECTED") return;
    const back = () => (dialog.isConnected ? requestAnimationFrame(back) : this.box.focus());
    dialog.querySelector("button")?.click();
    back();
  }

  // What is not sent by now waits on the shelf: nothing on the server asks for this field any more.
  leave() {
    clearTimeout(this.pause);
    clearTimeout(this.patience);
    this.deaf();
  }

  typed() {
    this.number += 1;
    this.keep();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.push(), PAUSE_MS);
    this.say("saving");
    this.measure();
  }

  // Send what stands unsaved; again only where the same has been sent and not heard.
  push(again = false) {
    clearTimeout(this.pause);
    if (!this.unsaved || this.tooLong || (this.pushed === this.number && !again)) return;
    const text = this.text;
    this.sent.set(this.number, text);
    if (this.pushed !== this.number) this.wait = PATIENCE_MS;
    this.pushed = this.number;
    this.send("typed", { ...this.base, text, number: this.number, session: this.session });
    if (!again) this.say("saving");
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.lose(), this.wait);
  }

  lose() {
    if (!this.unsaved) return;
    this.say("unsaved");
    if (this.data.seen < this.number) {
      this.wait = Math.min(this.wait * 2, LONGEST_PATIENCE_MS);
      this.push(true);
    }
  }

  // What the server says: after each run in which any of it changed.
  hear(data, send) {
    this.data = data;
    this.send = send;
    this.draw();
    if (this.session === null) this.begin();
    else if (this.session !== data.session) this.beginAgain();
    else if (data.settled > this.settled) {
      this.base = { base: this.sent.get(data.settled) ?? data.saved, version: data.version_settled };
      this.settled = data.settled;
      this.unanswered = [];
      [...this.sent.keys()].filter((number) => number <= this.settled).forEach((number) => this.sent.delete(number));
      if (!this.unsaved) this.over("saved");
    }
    if (this.unsaved && data.forgotten >= this.number) {
      this.settled = this.number;
      this.show(data.saved);
      this.over("");
    }
    if (this.unsaved && this.recognise()) {
      this.number += 1;
      this.push();
    }
    if (this.unsaved && data.saved === this.base.base) this.base.version = data.version;
    this.settle();
    this.keep();
    this.measure();
  }

  // Take up what an earlier tab left behind.
  begin() {
    sweep();
    const { session, seen, saved, version, key } = this.data;
    this.session = session;
    this.number = this.settled = this.pushed = seen;
    this.base = { base: saved, version };
    this.box.value = saved;
    const left = shelf(key).filter(({ place, entry }) => entry.text !== saved || localStorage.removeItem(place));
    if (!left.length) return;
    const { place, entry } = left[0];
    localStorage.removeItem(place);
    this.base = { base: entry.base, version: entry.version };
    this.box.value = entry.text;
    this.number += 1;
    this.keep();
    this.push();
  }

  // The server was started anew, and knows nothing of what was sent to it before.
  beginAgain() {
    const unsaved = this.unsaved;
    this.unanswered = [...this.unanswered, ...this.sent.values()];
    this.recognise();
    this.session = this.data.session;
    this.settled = this.pushed = this.data.seen;
    this.number = this.settled + (unsaved ? 1 : 0);
    this.sent.clear();
    this.push();
  }

  // What an earlier server saved, without the time to say so or even a moment after the new one looked, is our own text
  // and nobody else's: written on from there. True where that is news.
  recognise() {
    const { saved, version } = this.data;
    if (saved === this.base.base || !this.unanswered.some((text) => text.trim() === saved.trim())) return false;
    this.base = { base: saved, version };
    return true;
  }

  // Nothing unsaved: the field follows the server, but never under somebody's cursor.
  settle() {
    const { saved, version } = this.data;
    if (this.unsaved || (this.focused && saved !== this.text)) return;
    this.base = { base: saved, version };
    this.show(saved);
  }

  show(text) {
    if (this.text !== text) this.box.value = text;
  }

  // On the shelf of this computer as long as it is unsaved, and not a moment longer.
  keep() {
    const place = `${SHELF}${this.key}|${TAB}`;
    try {
      if (this.unsaved) localStorage.setItem(place, JSON.stringify({ ...this.base, text: this.text, at: Date.now() }));
      else localStorage.removeItem(place);
      this.kept = true;
    } catch {
      this.kept = false; // full, or forbidden in this browser
    }
  }

  // The same text in other tabs, and what was being written to solve a conflict about this field, go with it.
  over(state) {
    const same = shelf(this.key).filter(({ entry }) => entry.text === this.data.saved);
    [...same.map(({ place }) => place), ...places(`${SHELF}${this.key}#`)].forEach((one) => localStorage.removeItem(one));
    clearTimeout(this.patience);
    this.say(state);
  }

  draw() {
    const { label, help, placeholder } = this.data;
    this.part("label").textContent = label;
    this.part("help").textContent = help;
    this.box.placeholder = placeholder;
  }

  // Length and error: what is wrong with the text is said, the text itself is left alone.
  measure() {
    const { longest, thousands, words, error } = this.data;
    const left = longest - [...this.text].length;
    const amount = String(Math.abs(left)).replace(/\B(?=(\d{3})+$)/g, thousands);
    const near = left <= Math.min(longest * 0.1, 200);
    this.part("count").textContent = near ? words[left < 0 ? "over" : "left"].replace("{n}", amount) : "";
    const wrong = left < 0 ? words.too_long : error;
    if (this.part("error").textContent !== wrong) this.part("error").textContent = wrong;
    this.box.setAttribute("aria-invalid", String(Boolean(wrong)));
    this.box.setAttribute("aria-describedby", wrong ? "error help count" : "help count");
    if (left < 0) this.say("");
  }

  // "saving" comes and goes with every word: seen, but not read aloud.
  say(state) {
    const { words } = this.data;
    const shown = state === "unsaved" && !this.kept ? words.unkept : (words[state] ?? "");
    this.part("saving").textContent = state === "saving" ? shown : "";
    const status = this.part("status");
    const told = state === "saving" ? "" : shown;
    if (status.textContent !== told) status.textContent = told;
    status.dataset.state = state;
  }
}

function places(start) {
  try {
    return Object.keys(localStorage).filter((place) => place.startsWith(start));
  } catch {
    return [];
  }
}

// What is kept of a field, the newest first.
function shelf(key) {
  return places(`${SHELF}${key}|`)
    .map((place) => ({ place, entry: read(place) }))
    .filter(({ entry }) => entry)
    .sort((one, other) => other.entry.at - one.entry.at);
}

function read(place) {
  try {
    const entry = JSON.parse(localStorage.getItem(place));
    const whole = typeof entry.text === "string" && typeof entry.base === "string" && Number.isInteger(entry.version);
    return whole && entry.at > Date.now() - KEPT_MS ? entry : null;
  } catch {
    return null;
  }
}

function sweep() {
  places(SHELF).forEach((place) => read(place) ?? localStorage.removeItem(place));
}
