/* Decisions on their way to the server, and what can be undone. */

import * as server from "./server.js";

/** What a decision about a figure of `book` names it by. */
export const about = (book, figure) => ({ book, ...figure.target });

/** The pages that a decision changes: the figure's, and those of texts it is given. */
function pagesOf({ page, data = {} }) {
  return [page, ...[data.caption, data.description].map((text) => text && text.page).filter(Boolean)];
}

export class Decisions {
  /** `drafts` keep what can be undone. */
  constructor(drafts) {
    this.drafts = drafts;
    this.own = new Set(); // ids of the decisions of this window
  }

  async decide(step, pages) {
    const made = await server.decide(step);
    this.own.add(made.id);
    server.forget(step.book, pages);
    return made;
  }

  /** Keep one or several decisions that are undone together; `back` says where the page then returns to. */
  async make(steps, back) {
    const made = [];
    try {
      for (const step of steps) {
        const pages = pagesOf(step);
        const { id } = await this.decide(step, pages);
        if (id) made.push({ id, book: step.book, page: step.page, pages });
      }
    } finally { // what was kept before one was refused can be undone, too
      if (made.length) this.drafts.made({ id: made[0].id, made, back });
    }
  }

  /** Undo the last: where to return to, and what became of it ("" or why nothing changed); null when there is none. */
  async undo() {
    const last = this.drafts.steps[this.drafts.steps.length - 1];
    if (!last) return null;
    const effects = [];
    for (const { id, book, page, pages } of last.made.slice().reverse()) {
      effects.push((await this.decide({ action: "undo", data: { of: id }, book, page }, pages || [page])).effect);
    }
    this.drafts.undone(last);
    return { back: last.back, effect: effects.every(Boolean) ? effects[0] : "" };
  }
}
