/* Decisions: what a verdict, a typed text, an undo leads to. */

import { about } from "./decisions.js";
import { byId } from "./dom.js";
import * as server from "./server.js";
import { say } from "./strings.js";
import { again, app, calm, figures, mainPage, open, openItem, select, selected, sidePage, state, tell } from "./view.js";

const TYPED = ["title", "caption", "description", "number"];

const told = (error) => (server.isOffline(error) ? say().offline : say().notKept + error.message);

/** Keep app.decisions; whether they were. What was typed stays a draft when they were not. */
export async function keep(steps) {
  const back = { item: app.queue.item && app.queue.item.id, book: steps[0].book, page: state.page, figure: state.selected, beside: sidePage() };
  try {
    await app.decisions.make(steps, back);
  } catch (error) {
    tell(told(error), true);
    return false;
  }
  if (byId("alert").classList.contains("wrong")) tell("");
  return true;
}

/** The decisions that the drafts of a figure's texts come to: none, or one. */
function draftSteps(figure) {
  const typed = TYPED.map((name) => [name, (app.drafts.get(figure, name) ?? figure.now[name]).trim()]);
  const data = Object.fromEntries(typed.filter(([name, text]) => text !== figure.now[name]));
  return Object.keys(data).length ? [{ action: "edit", data, ...about(figure.book, figure) }] : [];
}

/** Leave the field that is being typed in without keeping its text by itself: the decision that follows keeps it. */
function leaveField() {
  const field = document.activeElement;
  if (!field || !field.dataset.field) return;
  field.dataset.taken = "1";
  field.blur();
  delete field.dataset.taken;
}

const dropDrafts = (figure) => TYPED.forEach((name) => app.drafts.drop(figure, name));

/** Decide on the chosen figure; then on to the next item when that was the one to look at. */
export async function verdict(action, data = {}) {
  const figure = selected();
  if (!figure) return tell(say().pickFigure);
  calm();
  leaveField();
  const typed = action === "accept" ? draftSteps(figure) : [];
  if (!(await keep([...typed, { action, data, ...about(figure.book, figure) }]))) return undefined;
  if (action === "accept") dropDrafts(figure);
  app.queue.settle(figure.id, { decided: true, mark: action, title: (typed.length && typed[0].data.title) || undefined });
  if (app.queue.item && app.queue.item.id === figure.id) return goOn();
  await again();
  if (app.queue.item && app.queue.item.decided) return goOn();
  const next = figures().find((one) => !one.verdict && !one.gone && one.id !== figure.id && one.page === state.page);
  if (next) select(next.id);
  return undefined;
}

async function goOn() {
  if (!app.queue.nextOpen()) await app.queue.load();
  await openItem();
}

export const reject = (reason) => verdict("reject", { reason });

export async function done() {
  leaveField();
  const page = mainPage();
  const here = figures().filter((figure) => figure.page === page.page);
  if (!(await keep([...here.flatMap(draftSteps), { action: "page_done", book: page.book, page: page.page }]))) return;
  here.forEach(dropDrafts);
  const items = app.queue.items.filter((item) => item.book === page.book && item.page === page.page);
  for (const item of items) app.queue.settle(item.id, { decided: true, mark: item.mark || "done" });
  if (app.queue.item && items.includes(app.queue.item)) await goOn();
  else await again();
}

export async function change(action, data, figure = selected()) {
  calm();
  await keep([{ action, data, ...about(figure.book, figure) }]);
  state.together.clear();
  await again();
}

/** Take back what was decided on a figure as a whole ("verdict"), or on its box ("shape"). */
export async function restore(what) {
  const figure = selected();
  const ids = figure ? figure.undoes[what] : [];
  if (!ids.length) return;
  calm();
  await keep(ids.map((of) => ({ action: "undo", data: { of }, book: figure.book, page: figure.page })));
  await again();
}

/** Take back the link of a text, with its place and all that was written over it. */
export async function unlink(name) {
  const figure = selected();
  const place = figure.now[`${name}_place`];
  app.drafts.drop(figure, name);
  await keep(figure.unlinks[name].map((step) => ({ ...step, ...about(figure.book, figure) })));
  if (place) server.forget(figure.book, [place.page]);
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
  let undone;
  try {
    undone = await app.decisions.undo();
  } catch (error) {
    return tell(told(error), true);
  }
  if (!undone) return tell(say().nothingToUndo);
  const { back, effect } = undone;
  tell(effect ? say().undoEffects[effect] : say().undone);
  calm();
  if (!app.queue.go(back.item)) await app.queue.load(back.item);
  const here = mainPage();
  const stays = here && here.book === back.book && state.page === back.page ? sidePage() : 0;
  return open(back.book, back.page, { figure: back.figure, beside: stays || back.beside || 0, keep: true });
}
