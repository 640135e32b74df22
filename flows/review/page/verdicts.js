/* Decisions: what a verdict, a typed text, an undo leads to. */

import { about } from "./decisions.js";
import { byId } from "./dom.js";
import * as server from "./server.js";
import { say } from "./strings.js";
import { again, app, calm, figures, mainPage, open, openItem, select, selected, sidePage, state, tell } from "./view.js";

const TYPED = ["title", "caption", "description", "number"];
const CHOICES = { kind: "kinds", medium: "mediums", subject: "subjects" }; // field: its names in strings.js

const told = (error) => (server.isOffline(error) ? say().offline : say().notKept + error.message);

const sent = new Map(); // by figure and field: what this window saved last
const warned = new Map(); // by figure and field: what another saved, as the page said

const nameOf = (step, field) => app.drafts.name({ book: step.book, target: step }, field);

/** On which value a text was typed; where the person was told of another one and `insists`, that one. */
function uponOf(figure, field, insists) {
  const told = insists ? warned.get(app.drafts.name(figure, field)) : undefined;
  return told ?? app.drafts.upon(figure, field);
}

/** What to keep instead of steps that were refused because another value was saved meanwhile; null where it is for the
    person to say, who is told. */
async function meanwhile(steps, { values, page, bbox }) {
  const place = steps.findIndex((one) => one.upon && one.page === page && String(one.bbox) === String(bbox));
  const step = steps[place];
  const told = Object.entries(values);
  if (told.every(([field, value]) => sent.get(nameOf(step, field)) === value)) return steps.with(place, { ...step, upon: { ...step.upon, ...values } });
  for (const [field, value] of told) warned.set(nameOf(step, field), value);
  server.forget(step.book, [page]);
  await again();
  const words = say();
  const shown = told.map(([field, value]) => `${words.fields[field]}“${(words[CHOICES[field]] || {})[value] || value}”`);
  tell(words.meanwhile(shown.join(" ")), true);
  return null;
}

/** Keep app.decisions; whether they were. What was typed stays a draft when they were not. */
export async function keep(steps) {
  const back = { item: app.queue.item && app.queue.item.id, book: steps[0].book, page: state.page, figure: state.selected, beside: sidePage() };
  try {
    await app.decisions.make(steps, back);
  } catch (error) {
    if (error.status !== 409) {
      tell(told(error), true);
      return false;
    }
    const instead = await meanwhile(steps, JSON.parse(error.message));
    return instead ? keep(instead) : false;
  }
  for (const step of steps) for (const field of Object.keys(step.upon || {})) {
    sent.set(nameOf(step, field), step.data[field]);
    warned.delete(nameOf(step, field));
  }
  if (byId("alert").classList.contains("wrong")) tell("");
  return true;
}

/** The decisions that the drafts of a figure's texts come to: none, or one. */
function draftSteps(figure) {
  const typed = TYPED.map((name) => [name, (app.drafts.get(figure, name) ?? figure.now[name]).trim()]);
  const data = Object.fromEntries(typed.filter(([name, text]) => text !== figure.now[name]));
  const upon = Object.fromEntries(Object.keys(data).map((name) => [name, uponOf(figure, name, true)]));
  return Object.keys(data).length ? [{ action: "edit", data, upon, ...about(figure.book, figure) }] : [];
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

/** The caption that is the item to look at, where no figure is chosen. */
export function looseCaption() {
  const { item } = app.queue;
  const page = item && item.type === "caption" && !selected() ? mainPage() : null;
  return page && page.book === item.book ? page.captions.find((one) => one.id === item.id) : undefined;
}

/** The caption to look at belongs to no figure. */
export async function noFigure() {
  const { item } = app.queue;
  const caption = looseCaption();
  if (!caption) return;
  if (!(await keep([{ action: "no_figure", book: item.book, page: item.page, bbox: caption.bbox }]))) return;
  app.queue.settle(item.id, { decided: true, mark: "no_figure" });
  await goOn();
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

/** A value typed or chosen by a person; nothing where it is what counts already. `insists`: it was kept by Enter, and
    replaces what another saved meanwhile once the page said so. */
export async function save(name, text, insists = false) {
  const figure = selected();
  const value = text.trim();
  if (!figure) return undefined;
  if (value === figure.now[name]) return app.drafts.drop(figure, name);
  const upon = { [name]: uponOf(figure, name, insists) };
  const typed = TYPED.includes(name);
  if (typed) app.drafts.set(figure, name, text); // until it is kept
  if (!(await keep([{ action: "edit", data: { [name]: value }, upon, ...about(figure.book, figure) }]))) {
    if (insists && typed) focusAgain(figure, name);
    return undefined;
  }
  const later = app.drafts.get(figure, name);
  app.drafts.drop(figure, name);
  if (typed && later !== null && later !== text) app.drafts.set(figure, name, later, value); // typed while this was kept
  return again();
}

/** Back into a field whose text was not kept, for another Enter. */
function focusAgain(figure, name) {
  const field = state.selected === figure.id && byId("panel").querySelector(`[data-field="${name}"]`);
  if (field) field.focus();
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
