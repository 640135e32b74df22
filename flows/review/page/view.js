/* What is looked at: the pages on the desk, the chosen figure, and what is under way. */

import { byId } from "./dom.js";
import { figuresOf, marksOf } from "./marks.js";
import { drawPanel } from "./panel.js";
import { writeAddress } from "./queue.js";
import * as server from "./server.js";
import { say } from "./strings.js";

const AHEAD = 2; // items whose pages are read before they are asked for
const SAID_FOR = 4000; // milliseconds a message stays

/** The parts of the page, made at its beginning: queue, decisions, drafts, sheet, choices, `on`, what the panel calls, and
    `targets`, the text and the figure that a key would take. */
export const app = {};
/** `page` is the one that was asked for, `pages` are those on the desk; `mode` is what was begun, "" for nothing;
    `target` counts from the text or figure that a key marked first. */
export const state = { page: 0, pages: [], beside: 0, selected: "", together: new Set(), mode: "", target: 0, box: null, cut: null, zoomed: false };
let turn = 0; // of the page asked for last: an answer that comes later than the next one's is dropped

export const figures = () => figuresOf(state.pages);
export const selected = () => figures().find((figure) => figure.id === state.selected);
/** The number of the page that stands beside the main one, 0 for none. */
export const sidePage = () => (state.pages.find((page) => page.page !== state.page) || { page: 0 }).page;
export const mainPage = () => state.pages.find((page) => page.page === state.page) || state.pages[0];

/** Show a page, with the page of the chosen figure's text beside it, or the page `beside`. */
export async function open(book, page, { figure = "", beside = 0, keep = false } = {}) {
  turn += 1;
  const mine = turn;
  const first = await server.page(book, page);
  const chosen = first.figures.find((one) => one.id === figure) || (keep ? null : first.figures.find((one) => !one.verdict && !one.gone));
  const other = beside || textPage(chosen, page);
  const second = other ? await server.page(book, other).catch(() => null) : null;
  if (mine !== turn) return;
  Object.assign(state, { page, beside, pages: [first, second].filter(Boolean).sort((a, b) => a.page - b.page) });
  for (const one of state.pages) app.queue.sync(one);
  state.selected = figure && figures().some((one) => one.id === figure) ? figure : chosen ? chosen.id : "";
  draw();
}

/** The page of a figure's text, 0 where it is the figure's own. */
function textPage(figure, page) {
  if (!figure) return 0;
  const places = [figure.now.description_place, figure.now.caption_place].filter(Boolean);
  return places.map((place) => place.page).find((number) => number !== page) || 0;
}

export async function openItem() {
  calm();
  state.together.clear();
  const { item } = app.queue;
  if (!item) {
    byId("hint").hidden = false;
    byId("hint").textContent = `${say().nothing} ${say().thenBuild}`;
    if (!state.pages.length && app.queue.start.books.length) await open(app.queue.start.books[0].id, 1);
    else draw();
    return;
  }
  await open(item.book, item.page, { figure: item.id, keep: item.type === "caption" || item.type === "page" || item.type === "failure" });
  for (const next of app.queue.coming(AHEAD)) server.readAhead(next.book, next.page);
}

/** The same pages again, after a decision. */
export async function again() {
  const page = mainPage();
  await open(page.book, page.page, { figure: state.selected, beside: state.beside, keep: true });
}

export function draw() {
  const page = mainPage();
  if (!page) return;
  app.sheet.show(state.pages);
  drawMarks();
  const lost = state.pages.map((one) => one.lost).filter(Boolean);
  byId("lost").hidden = !lost.length;
  byId("lost").textContent = lost.join(" ");
  const view = { item: app.queue.item, figure: selected(), page, mode: state.mode, choices: app.choices, drafts: app.drafts, books: app.queue.books, on: app.on };
  drawPanel(byId("panel"), view);
  app.queue.draw();
  byId("book").value = page.book;
  if (document.activeElement !== byId("page")) byId("page").value = page.page;
  writeAddress(app.queue.choice, { item: app.queue.item && app.queue.item.id, page, figure: state.selected, beside: state.beside });
  drawHint();
}

export function drawMarks() {
  const item = app.queue.item ? app.queue.item.id : "";
  app.sheet.cutAxis = state.cut && state.cut.axis;
  const { text, figure } = app.targets();
  const place = state.pages.indexOf(mainPage());
  app.sheet.mark(marksOf(state.pages, { ...state, item, place, text, figure: figure ? figure.id : "" }), state.mode);
  drawHint();
}

/** What can be done now: the mode's words, its keys, and the text that Enter would take. */
function drawHint() {
  if (!state.mode && !app.queue.item) return; // it says that the queue is empty
  const words = say();
  const { text } = app.targets();
  const parts = [words.modes[state.mode], words.modeKeys[state.mode], text && `→ ${text.text}`];
  byId("hint").hidden = !words.modes[state.mode];
  byId("hint").textContent = parts.filter(Boolean).join(" · ");
}

export function select(id, together = false) {
  if (together && state.selected && id !== state.selected) {
    if (!state.together.delete(id)) state.together.add(id);
  } else {
    calm();
    state.together.clear();
    state.selected = id;
  }
  const other = textPage(selected(), state.page);
  if (other && !state.pages.some((page) => page.page === other)) again();
  else draw();
}

/** Leave whatever was begun. */
export function calm() {
  Object.assign(state, { mode: "", target: 0, box: null, cut: null });
}

let saidTimer;
export function tell(text, stays = false) {
  const alert = byId("alert");
  alert.textContent = text;
  alert.hidden = !text;
  alert.classList.toggle("wrong", stays);
  clearTimeout(saidTimer);
  if (text && !stays) saidTimer = setTimeout(() => { alert.hidden = true; }, SAID_FOR);
}
