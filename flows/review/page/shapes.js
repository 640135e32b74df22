/* Shapes: new figures, boxes, cuts and merges. */

import { byId } from "./dom.js";
import { linkStep, surrounded } from "./links.js";
import { inside } from "./sheet.js";
import { say } from "./strings.js";
import { change, keep } from "./verdicts.js";
import { again, app, calm, draw, drawMarks, figures, mainPage, select, selected, state, tell } from "./view.js";

const STEP = 2; // points that an arrow key moves a box by
const CUT_STEP = 0.02; // share of a figure that an arrow key moves a cut by
const NEW_BOX = [0.3, 0.3, 0.7, 0.7]; // shares of the page, of a figure drawn by keyboard

export const drawn = (place, box) => (state.mode === "add" ? addFigure(state.pages[place], box) : surrounded(state.pages[place], box));

/** A figure that the program did not see; a caption that is being looked at becomes its caption. */
async function addFigure(page, box) {
  const { item } = app.queue;
  const caption = item && item.type === "caption" && page.captions.find((one) => one.id === item.id);
  const figure = { book: page.book, page: page.page, bbox: box, pair_id: null };
  const steps = [{ action: "add", data: {}, ...figure }];
  if (caption) steps.push(linkStep(figure, "caption", caption.text, page.page, caption.bbox));
  calm();
  if (!(await keep(steps))) return;
  await again();
  const added = figures().find((one) => one.type === "added" && one.target.bbox.join() === box.join());
  if (added) select(added.id);
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

/** A box in the middle of the page, to be moved by arrows; once it is there, it becomes a figure. */
export function placeOrAdd() {
  const page = mainPage();
  if (state.box) return addFigure(page, state.box);
  state.box = NEW_BOX.map((share, side) => Math.round(share * (side % 2 ? page.height : page.width)));
  return drawMarks();
}

/** Move the box that is under way by arrows, or with Shift its far corner. */
export function moveBox([across, down], resize) {
  const [x0, y0, x1, y1] = state.box;
  const [dx, dy] = [STEP * across, STEP * down];
  const moved = resize ? [x0, y0, Math.max(x0 + STEP, x1 + dx), Math.max(y0 + STEP, y1 + dy)] : [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
  state.box = inside(moved, state.mode === "add" ? mainPage() : state.pages[selected().place]);
  drawMarks();
}

export function moveCut([across, down]) {
  state.cut.axis = across ? "x" : "y";
  state.cut.at = Math.min(0.98, Math.max(0.02, state.cut.at + CUT_STEP * (across + down)));
  drawMarks();
}

/* ---- merging: figures are chosen by Shift and a click, or by arrows and space */

function others() {
  const figure = selected();
  return figures().filter((one) => figure && one.id !== figure.id && one.place === figure.place && !["merge", "remove"].includes(one.verdict));
}

/** The figure that space would choose; null where there is none. */
export function mergeTarget() {
  const all = others();
  return state.mode === "merge" && all.length ? all[((state.target % all.length) + all.length) % all.length] : null;
}

export function chooseTarget() {
  const target = mergeTarget();
  if (target) select(target.id, true);
}

export function merge() {
  const figure = selected();
  const chosen = others().filter((one) => state.together.has(one.id));
  if (!figure || !chosen.length) return begin("merge");
  const all = [figure, ...chosen].flatMap((one) => one.now.boxes);
  const bbox = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...all.map((box) => box[side])));
  return change("merge", { boxes: chosen.map((one) => one.target.bbox), bbox });
}

/** Merge with what was chosen, else with the figure that is marked. */
export function mergeMarked() {
  const target = mergeTarget();
  if (!state.together.size && target) state.together.add(target.id);
  return merge();
}

export async function cut(at = state.cut.at) {
  const figure = selected();
  const [x0, y0, x1, y1] = figure.now.boxes[0];
  const across = state.cut.axis === "x";
  const place = Math.round(100 * (across ? x0 + at * (x1 - x0) : y0 + at * (y1 - y0))) / 100;
  const boxes = across ? [[x0, y0, place, y1], [place, y0, x1, y1]] : [[x0, y0, x1, place], [x0, place, x1, y1]];
  await change("split", { boxes });
}

export function focusField(name) {
  const field = byId("panel").querySelector(`[data-field="${name}"]`);
  if (field) field.focus();
}

