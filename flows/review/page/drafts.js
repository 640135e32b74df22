/* Texts that were typed and not kept yet, and what can be undone: the server keeps them in the workspace, so that they
   are there at any address. What it has not got yet is in the browser. */

import * as server from "./server.js";

const SOON = 300; // milliseconds after the last key

export class Drafts {
  constructor({ workspace, who, drafts, undo }) {
    this.key = `tuwen-unsent ${workspace} ${who}`;
    this.unsent = { drafts: {}, ...this.local() };
    this.texts = new Map(Object.entries({ ...drafts, ...this.unsent.drafts }));
    this.undo = this.unsent.undo || undo;
    addEventListener("pagehide", () => this.send(true));
    if (Object.keys(this.unsent.drafts).length || this.unsent.undo) this.send();
  }

  name({ book, target }, field) { return [book, target.page, target.pair_id || target.bbox.join(), field].join(" "); }

  get(figure, field) { return this.texts.get(this.name(figure, field)) ?? null; }

  set(figure, field, text) {
    this.texts.set(this.name(figure, field), text);
    this.change({ drafts: { [this.name(figure, field)]: text } });
  }

  drop(figure, field) {
    if (this.texts.delete(this.name(figure, field))) this.change({ drafts: { [this.name(figure, field)]: null } });
  }

  keepUndo(stack) {
    this.undo = stack;
    this.change({ undo: stack });
  }

  change({ drafts = {}, undo }) {
    Object.assign(this.unsent.drafts, drafts);
    if (undo) this.unsent.undo = undo;
    this.store();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), SOON);
  }

  /** Give the server what it has not got; what it does not take stays for the next time. */
  async send(leaving = false) {
    const sent = { drafts: { ...this.unsent.drafts }, ...(this.unsent.undo ? { undo: this.unsent.undo } : {}) };
    if (!Object.keys(sent.drafts).length && !sent.undo) return;
    try {
      await server.keepDrafts(sent, leaving);
    } catch {
      return; // the page says by itself that no server answers
    }
    for (const [name, text] of Object.entries(sent.drafts)) if (this.unsent.drafts[name] === text) delete this.unsent.drafts[name];
    if (this.unsent.undo === sent.undo) delete this.unsent.undo;
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
