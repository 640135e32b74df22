/* Texts that were typed and not kept yet, and what can be undone: the server keeps them in the workspace, so that they
   are there at any address. What it has not got yet is in the browser. */

import * as server from "./server.js";

const UPON = " upon"; // ends the name of the value that a text was typed upon
const SOON = 300; // milliseconds after the last key

export class Drafts {
  constructor({ workspace, who, drafts, undo }) {
    this.key = `tuwen-unsent ${workspace} ${who}`;
    this.unsent = { drafts: {}, made: [], undone: [], ...this.local() };
    const texts = Object.entries({ ...drafts, ...this.unsent.drafts });
    this.texts = new Map(texts.filter(([, text]) => text !== null));
    const { made, undone } = this.unsent;
    const known = undo.filter(({ id }) => !made.some((step) => step.id === id));
    this.steps = [...known, ...made].filter(({ id }) => !undone.includes(id)); // what can be undone, the last at the end
    addEventListener("pagehide", () => this.send(true));
    this.send();
  }

  name({ book, target }, field) { return [book, target.page, target.pair_id || target.bbox.join(), field].join(" "); }

  get(figure, field) { return this.texts.get(this.name(figure, field)) ?? null; }

  /** The value that was shown when the typing began. */
  upon(figure, field) { return this.texts.get(this.name(figure, field) + UPON) ?? figure.now[field]; }

  set(figure, field, text, upon = this.upon(figure, field)) {
    const name = this.name(figure, field);
    const drafts = { [name]: text, [name + UPON]: upon };
    for (const [key, value] of Object.entries(drafts)) this.texts.set(key, value);
    this.change({ drafts });
  }

  drop(figure, field) {
    const name = this.name(figure, field);
    if (this.texts.delete(name)) this.change({ drafts: { [name]: null, [name + UPON]: null } });
    this.texts.delete(name + UPON);
  }

  made(step) {
    this.steps.push(step);
    this.change({ made: [step] });
  }

  undone({ id }) {
    this.steps = this.steps.filter((step) => step.id !== id);
    this.change({ undone: [id] });
  }

  change({ drafts = {}, made = [], undone = [] }) {
    Object.assign(this.unsent.drafts, drafts);
    this.unsent.made.push(...made);
    this.unsent.undone.push(...undone);
    this.store();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), SOON);
  }

  /** Give the server what it has not got; what it does not take stays for the next time. */
  async send(leaving = false) {
    const { drafts, made, undone } = this.unsent;
    const sent = { drafts: { ...drafts }, made: [...made], undone: [...undone] };
    if (!Object.keys(drafts).length && !made.length && !undone.length) return;
    try {
      await server.keepDrafts(sent, leaving);
    } catch {
      return; // the page says by itself that no server answers
    }
    for (const [name, text] of Object.entries(sent.drafts)) if (this.unsent.drafts[name] === text) delete this.unsent.drafts[name];
    this.unsent.made = this.unsent.made.filter((step) => !sent.made.includes(step));
    this.unsent.undone = this.unsent.undone.filter((id) => !sent.undone.includes(id));
    this.store();
  }

  local() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) || {};
    } catch {
      return {};
    }
  }

  store() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.unsent));
    } catch {
      // no room, or not allowed: the server has them a moment later
    }
  }
}
