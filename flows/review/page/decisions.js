/* Decisions on their way to the server, what can be undone, and drafts of texts; both survive a reload. */

import * as server from "./server.js";

const LONGEST = 200; // decisions that can be undone one after the other

function kept(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) || otherwise;
  } catch {
    return otherwise;
  }
}

/** What a decision about a figure of `book` names it by. */
export const about = (book, figure) => ({ book, ...figure.target });

/** The pages that a decision changes: the figure's, and those of texts it is given. */
function pagesOf({ page, data = {} }) {
  return [page, ...[data.caption, data.description].map((text) => text && text.page).filter(Boolean)];
}

export class Decisions {
  constructor(digest) {
    this.key = `tuwen-undo-${digest}`;
    this.stack = kept(this.key, []);
  }

  /** Keep one or several decisions that are undone together; `back` says where the page then returns to. */
  async make(steps, back) {
    const made = [];
    for (const step of steps) made.push({ id: await server.decide(step), book: step.book, page: step.page, pages: pagesOf(step) });
    for (const step of steps) server.forget(step.book, pagesOf(step));
    this.stack = [...this.stack, { made, back }].slice(-LONGEST);
    localStorage.setItem(this.key, JSON.stringify(this.stack));
    return made;
  }

  /** Undo the last; where to return to, or null when there is none. */
  async undo() {
    const last = this.stack[this.stack.length - 1];
    if (!last) return null;
    for (const { id, book, page, pages } of last.made.slice().reverse()) {
      await server.decide({ action: "undo", data: { of: id }, book, page });
      server.forget(book, pages || [page]);
    }
    this.stack = this.stack.slice(0, -1);
    localStorage.setItem(this.key, JSON.stringify(this.stack));
    return last.back;
  }
}

export class Drafts {
  constructor(digest) { this.prefix = `tuwen-draft-${digest}`; }

  name(figure, field) { return `${this.prefix} ${figure.id} ${field}`; }

  get(figure, field) { return localStorage.getItem(this.name(figure, field)); }

  set(figure, field, text) { localStorage.setItem(this.name(figure, field), text); }

  drop(figure, field) { localStorage.removeItem(this.name(figure, field)); }
}
