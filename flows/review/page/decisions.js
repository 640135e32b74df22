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

  async decide(steps, pages) {
    const made = await server.decide(steps);
    for (const [place, { id }] of made.entries()) {
      this.own.add(id);
      server.forget(steps[place].book, pages[place]);
    }
    return made;
  }

  /** Keep one or several decisions that are undone together; `back` says where the page then returns to. */
  async make(steps, back) {
    const pages = steps.map(pagesOf);
    const answers = await this.decide(steps, pages);
    const made = answers.map(({ id }, place) => ({ id, book: steps[place].book, page: steps[place].page, pages: pages[place] })).filter(({ id }) => id);
    if (made.length) this.drafts.made({ id: made[0].id, made, back });
  }

  /** Undo the last: where to return to, and what became of it ("" or why nothing changed); null when there is none. */
  async undo() {
    const last = this.drafts.steps[this.drafts.steps.length - 1];
    if (!last) return null;
    const made = last.made.slice().reverse();
    const steps = made.map(({ id, book, page }) => ({ action: "undo", data: { of: id }, book, page }));
    const effects = (await this.decide(steps, made.map(({ page, pages }) => pages || [page]))).map(({ effect }) => effect);
    this.drafts.undone(last);
    return { back: last.back, effect: effects.every(Boolean) ? effects[0] : "" };
  }
}
