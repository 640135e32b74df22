/* Shapes and links: new figures, boxes, cuts, merges, and texts of the page that are given to a figure. */

import { about } from "./decisions.js";
import { byId } from "./dom.js";
import { marksOf } from "./marks.js";
import * as server from "./server.js";
import { say } from "./strings.js";
import { change, keep } from "./verdicts.js";
import { again, app, calm, draw, figures, select, selected, state, tell } from "./view.js";

export async function drawn(place, box) {
  const page = state.pages[place];
  if (state.mode === "add") return addFigure(page, box);
  const role = state.mode;
  const text = await server.textAt(page.book, page.page, box);
  await relink(selected(), text, page.page, box, role);
  if (!text) focusField(role);
  return undefined;
}

/** A figure that the program did not see; a caption that is being looked at becomes its caption. */
export async function addFigure(page, box) {
  const { item } = app.queue;
  const caption = item && item.type === "caption" && page.captions.find((one) => one.id === item.id);
  const figure = { book: page.book, page: page.page, bbox: box, pair_id: null };
  const steps = [{ action: "add", data: {}, ...figure }];
  if (caption) steps.push(...(await linkSteps(figure, {}, caption.text, page.page, caption.bbox, "caption")));
  calm();
  if (!(await keep(steps))) return;
  await again();
  const added = figures().find((one) => one.type === "added" && one.target.bbox.join() === box.join());
  if (added) select(added.id);
  if (!caption) focusField("title");
}

/** Give the figure a text; a caption brings its number and title, and is the description where there is no other. */
async function linkSteps(figure, now, text, page, bbox, role) {
  const printed = { text, page, bbox };
  const alone = role === "caption" && (!now.description_place || now.description === now.caption);
  const steps = [{ action: "relink", data: alone ? { caption: printed, description: printed } : { [role]: printed }, ...figure }];
  const fields = role === "caption" && text ? await server.captionFields(text) : {};
  const differing = Object.entries(fields).filter(([name, value]) => value !== now[name]);
  return differing.length ? [...steps, { action: "edit", data: Object.fromEntries(differing), ...figure }] : steps;
}

async function relink(figure, ...printed) {
  calm();
  await keep(await linkSteps(about(figure.book, figure), figure.now, ...printed));
  await again();
}

export async function picked(text) {
  const role = state.mode;
  await relink(selected(), text.text, state.pages[text.page].page, text.box, role);
}

export function startLink(role) {
  const figure = selected();
  const { item } = app.queue;
  if (!figure) return tell(say().pickFigure);
  const page = item && item.type === "caption" && state.pages.find((one) => one.captions.some((caption) => caption.id === item.id));
  const caption = page && page.captions.find((one) => one.id === item.id);
  if (caption && role === "caption" && !item.decided) {
    return relink(figure, caption.text, page.page, caption.bbox, "caption");
  }
  return begin(role);
}

export function begin(mode) {
  const figure = selected();
  if (mode !== "add" && !figure) return tell(say().pickFigure);
  calm();
  state.mode = mode;
  if (mode === "box") state.box = figure.now.boxes[0];
  if (mode === "split") {
    const [x0, y0, x1, y1] = figure.now.boxes[0];
    state.cut = { id: figure.id, axis: x1 - x0 >= y1 - y0 ? "x" : "y", at: 0.5 };
  }
  return draw();
}

export function merge() {
  const figure = selected();
  const others = figures().filter((one) => state.together.has(one.id) && one.page === (figure && figure.page));
  if (!figure || !others.length) return begin("merge");
  const all = [figure, ...others].flatMap((one) => one.now.boxes);
  const bbox = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...all.map((box) => box[side])));
  return change("merge", { boxes: others.map((one) => one.target.bbox), bbox });
}

export async function cut(at = state.cut.at) {
  const figure = selected();
  const [x0, y0, x1, y1] = figure.now.boxes[0];
  const across = state.cut.axis === "x";
  const place = Math.round(100 * (across ? x0 + at * (x1 - x0) : y0 + at * (y1 - y0))) / 100;
  const boxes = across ? [[x0, y0, place, y1], [place, y0, x1, y1]] : [[x0, y0, x1, place], [x0, place, x1, y1]];
  await change("split", { boxes });
}

/** By keyboard: the texts of the page become the chosen figure's one after the other, the nearest first. */
export function pickNext() {
  const role = state.mode;
  const figure = selected();
  const { texts } = marksOf(state.pages, { ...state, item: "" });
  const places = [...new Map(texts.map((text) => [key(text), text])).values()].sort((a, b) => far(a, figure) - far(b, figure));
  const own = texts.find((text) => text.id === `${figure.id}:${role}`);
  const at = own ? places.findIndex((text) => key(text) === key(own)) : -1;
  const next = places[(at + 1) % places.length];
  return next ? picked(next).then(() => begin(role)) : null;
}

const key = (text) => `${text.page} ${text.box.join()}`;

/** How far a text is from a figure, in points; texts of another page are farther than all of its own. */
function far(text, figure) {
  const [a, b] = [text.box, figure.now.boxes[0]];
  const apart = [0, 1].map((side) => Math.max(0, a[side] - b[side + 2], b[side] - a[side + 2]));
  return Math.hypot(...apart) + 1e6 * Math.abs(text.page - figure.place);
}

export function focusField(name) {
  const field = byId("panel").querySelector(`[data-field="${name}"]`);
  if (field) field.focus();
}
