/* Decisions: what a verdict, a typed text, an undo leads to. */

import { about } from "./decisions.js";
import { byId } from "./dom.js";
import { say } from "./strings.js";
import { again, app, calm, figures, mainPage, open, openItem, select, selected, state, tell } from "./view.js";

/** Keep app.decisions; whether they were. What was typed stays a draft when they were not. */
export async function keep(steps) {
  const back = { item: app.queue.item && app.queue.item.id, book: steps[0].book, page: steps[0].page, figure: state.selected };
  try {
    await app.decisions.make(steps, back);
  } catch (error) {
    tell(error instanceof TypeError ? say().offline : say().notKept + error.message, true);
    return false;
  }
  if (byId("alert").classList.contains("wrong")) tell("");
  return true;
}

/** Decide on the chosen figure; then on to the next item when that was the one to look at. */
export async function verdict(action, data = {}) {
  const figure = selected();
  if (!figure) return tell(say().pickFigure);
  calm();
  if (!(await keep([{ action, data, ...about(figure.book, figure) }]))) return undefined;
  app.queue.settle(figure.id);
  if (app.queue.item && app.queue.item.id === figure.id) return goOn();
  await again();
  if (app.queue.item && app.queue.item.decided) return goOn();
  const next = figures().find((one) => !one.verdict && one.id !== figure.id && one.page === state.page);
  if (next) select(next.id);
  return undefined;
}

async function goOn() {
  if (!app.queue.nextOpen()) await app.queue.load();
  await openItem();
}

export const reject = (reason) => verdict("reject", { reason });

export async function done() {
  const page = mainPage();
  if (!(await keep([{ action: "page_done", book: page.book, page: page.page }]))) return;
  const here = app.queue.items.filter((item) => item.book === page.book && item.page === page.page);
  for (const item of here) app.queue.settle(item.id);
  if (app.queue.item && here.includes(app.queue.item)) await goOn();
  else await again();
}

export async function change(action, data, figure = selected()) {
  calm();
  await keep([{ action, data, ...about(figure.book, figure) }]);
  state.together.clear();
  await again();
}

/** A value typed or chosen by a person; nothing where it is what counts already. */
export async function save(name, text) {
  const figure = selected();
  const value = text.trim();
  if (!figure) return;
  app.drafts.drop(figure, name);
  if (value === figure.now[name]) return;
  if (await keep([{ action: "edit", data: { [name]: value }, ...about(figure.book, figure) }])) await again();
  else app.drafts.set(figure, name, text);
}

export async function undo() {
  let back;
  try {
    back = await app.decisions.undo();
  } catch (error) {
    return tell(error instanceof TypeError ? say().offline : say().notKept + error.message, true);
  }
  if (!back) return tell(say().nothingToUndo);
  tell(say().undone);
  calm();
  if (!app.queue.go(back.item)) await app.queue.load(back.item);
  return open(back.book, back.page, { figure: back.figure, keep: true });
}
