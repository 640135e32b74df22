/* Texts of the page that are given to a figure: by a click, a box around print, or the keyboard. */

import { about } from "./decisions.js";
import { marksOf } from "./marks.js";
import * as server from "./server.js";
import { say } from "./strings.js";
import { keep } from "./verdicts.js";
import { again, app, calm, drawMarks, selected, state, tell } from "./view.js";

export const isLinking = () => state.mode === "caption" || state.mode === "description";

/** The decision that a text is the figure's. What else follows from it, the server tells as the build does. */
export const linkStep = (figure, role, text, page, bbox) => ({ action: "relink", data: { [role]: { text, page, bbox } }, ...figure });

async function link(role, text, page, bbox) {
  const figure = selected();
  calm();
  await keep([linkStep(about(figure.book, figure), role, text, page, bbox)]);
  await again();
}

/** A box was drawn around print. */
export async function surrounded(page, box) {
  const role = state.mode;
  const text = await server.textAt(page.book, page.page, box);
  return text ? link(role, text, page.page, box) : tell(say().noText);
}

export const picked = (text) => (text.text ? link(state.mode, text.text, state.pages[text.page].page, text.box) : tell(say().noText));

export function startLink(role, begin) {
  const figure = selected();
  const { item } = app.queue;
  if (!figure) return tell(say().pickFigure);
  const page = item && item.type === "caption" && state.pages.find((one) => one.captions.some((caption) => caption.id === item.id));
  const caption = page && page.captions.find((one) => one.id === item.id);
  if (caption && role === "caption" && !item.decided) return link(role, caption.text, page.page, caption.bbox);
  return begin(role);
}

/* ---- by keyboard: one text is marked, Enter takes it */

const key = (text) => `${text.page} ${text.box.join()}`;

/** The texts that the chosen figure may be given, the nearest first; its own is the last. */
function targets() {
  const figure = selected();
  const { texts } = marksOf(state.pages, { ...state, item: "" });
  const own = texts.find((text) => text.id === `${figure.id}:${state.mode}`);
  const isOwn = (text) => Boolean(own && key(text) === key(own));
  const places = new Map(texts.filter((text) => text.text).map((text) => [key(text), text]));
  return [...places.values()].sort((a, b) => isOwn(a) - isOwn(b) || far(a, figure) - far(b, figure));
}

/** The text that Enter would take; null where there is none. */
export function target() {
  if (!isLinking() || !selected()) return null;
  const all = targets();
  return all.length ? all[((state.target % all.length) + all.length) % all.length] : null;
}

export function moveTarget(by) {
  state.target += by;
  drawMarks();
}

export function takeTarget() {
  const text = target();
  return text ? picked(text) : tell(say().noText);
}

/** How far a text is from a figure, in points; texts of another page are farther than all of its own. */
function far(text, figure) {
  const [a, b] = [text.box, figure.now.boxes[0]];
  const apart = [0, 1].map((side) => Math.max(0, a[side] - b[side + 2], b[side] - a[side + 2]));
  return Math.hypot(...apart) + 1e6 * Math.abs(text.page - figure.place);
}
