/* The review page: what is looked at now, what a key or a press does, and how decisions are made. */

import { about, Decisions, Drafts } from "./decisions.js";
import { byId, option } from "./dom.js";
import { actionOf, fillHelp } from "./keys.js";
import { figuresOf, marksOf } from "./marks.js";
import { drawPanel } from "./panel.js";
import { Queue, readAddress, writeAddress } from "./queue.js";
import * as server from "./server.js";
import { inside, Sheet } from "./sheet.js";
import { fillWords, say, switchLanguage } from "./strings.js";

const AHEAD = 2; // items whose pages are read before they are asked for
const STEP = 2; // points that an arrow key moves a box by
const CUT_STEP = 0.02; // share of a figure that an arrow key moves a cut by
const SAID_FOR = 4000; // milliseconds a message stays
const NEW_BOX = [0.3, 0.3, 0.7, 0.7]; // shares of the page, of a figure drawn by keyboard

const state = { pages: [], selected: "", together: new Set(), mode: "", box: null, cut: null, zoomed: false };
let queue, decisions, drafts, sheet, kinds;
let turn = 0; // of the page asked for last: an answer that comes later than the next one's is dropped

/* ---- what is looked at */

const figures = () => figuresOf(state.pages);
const selected = () => figures().find((figure) => figure.id === state.selected);
const mainPage = () => state.pages.find((page) => page.page === state.page) || state.pages[0];

/** Show a page, with the page of the chosen figure's text beside it, or the page `beside`. */
async function open(book, page, { figure = "", beside = 0, keep = false } = {}) {
  turn += 1;
  const mine = turn;
  const first = await server.page(book, page);
  const chosen = first.figures.find((one) => one.id === figure) || (keep ? null : first.figures.find((one) => !one.verdict));
  const other = beside || textPage(chosen, page);
  const second = other ? await server.page(book, other).catch(() => null) : null;
  if (mine !== turn) return;
  Object.assign(state, { page, beside, pages: [first, second].filter(Boolean).sort((a, b) => a.page - b.page) });
  for (const one of state.pages) queue.sync(one);
  state.selected = figure && figures().some((one) => one.id === figure) ? figure : chosen ? chosen.id : "";
  draw();
}

/** The page of a figure's text, 0 where it is the figure's own. */
function textPage(figure, page) {
  if (!figure) return 0;
  const places = [figure.now.description_place, figure.now.caption_place].filter(Boolean);
  return places.map((place) => place.page).find((number) => number !== page) || 0;
}

async function openItem() {
  calm();
  state.together.clear();
  const { item } = queue;
  if (!item) {
    byId("hint").hidden = false;
    byId("hint").textContent = say().nothing;
    if (!state.pages.length && queue.start.books.length) await open(queue.start.books[0].id, 1);
    else draw();
    return;
  }
  await open(item.book, item.page, { figure: item.id, keep: item.type === "caption" || item.type === "page" || item.type === "failure" });
  for (const next of queue.coming(AHEAD)) server.readAhead(next.book, next.page);
}

/** The same pages again, after a decision. */
async function again() {
  const page = mainPage();
  await open(page.book, page.page, { figure: state.selected, beside: state.beside, keep: true });
}

function draw() {
  const page = mainPage();
  if (!page) return;
  sheet.show(state.pages);
  drawMarks();
  const lost = state.pages.map((one) => one.lost).filter(Boolean);
  byId("lost").hidden = !lost.length;
  byId("lost").textContent = lost.join(" ");
  const view = { item: queue.item, figure: selected(), page, mode: state.mode, kinds, drafts, books: queue.books, on: { act, save, reject } };
  drawPanel(byId("panel"), view);
  queue.draw();
  byId("book").value = page.book;
  if (document.activeElement !== byId("page")) byId("page").value = page.page;
  writeAddress(queue.choice, queue.item && queue.item.id);
  if (state.mode || queue.item) {
    byId("hint").hidden = !state.mode || !say().modes[state.mode];
    byId("hint").textContent = say().modes[state.mode] || "";
  }
}

function drawMarks() {
  const item = queue.item ? queue.item.id : "";
  sheet.cutAxis = state.cut && state.cut.axis;
  sheet.mark(marksOf(state.pages, { ...state, item }), state.mode);
}

function select(id, together = false) {
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
function calm() {
  Object.assign(state, { mode: "", box: null, cut: null });
}

/* ---- decisions */

let saidTimer;
function tell(text, stays = false) {
  const alert = byId("alert");
  alert.textContent = text;
  alert.hidden = !text;
  alert.classList.toggle("wrong", stays);
  clearTimeout(saidTimer);
  if (text && !stays) saidTimer = setTimeout(() => { alert.hidden = true; }, SAID_FOR);
}

/** Keep decisions; whether they were. What was typed stays a draft when they were not. */
async function keep(steps) {
  const back = { item: queue.item && queue.item.id, book: steps[0].book, page: steps[0].page, figure: state.selected };
  try {
    await decisions.make(steps, back);
  } catch (error) {
    tell(error instanceof TypeError ? say().offline : say().notKept + error.message, true);
    return false;
  }
  if (byId("alert").classList.contains("wrong")) tell("");
  return true;
}

/** Decide on the chosen figure; then on to the next item when that was the one to look at. */
async function verdict(action, data = {}) {
  const figure = selected();
  if (!figure) return tell(say().pickFigure);
  calm();
  if (!(await keep([{ action, data, ...about(figure.book, figure) }]))) return undefined;
  queue.settle(figure.id);
  if (queue.item && queue.item.id === figure.id) return goOn();
  await again();
  const next = figures().find((one) => !one.verdict && one.id !== figure.id && one.page === state.page);
  if (next) select(next.id);
  return undefined;
}

async function goOn() {
  if (!queue.nextOpen()) await queue.load();
  await openItem();
}

const reject = (reason) => verdict("reject", { reason });

async function done() {
  const page = mainPage();
  if (!(await keep([{ action: "page_done", book: page.book, page: page.page }]))) return;
  const here = queue.items.filter((item) => item.book === page.book && item.page === page.page);
  for (const item of here) queue.settle(item.id);
  if (queue.item && here.includes(queue.item)) await goOn();
  else await again();
}

async function change(action, data, figure = selected()) {
  calm();
  await keep([{ action, data, ...about(figure.book, figure) }]);
  state.together.clear();
  await again();
}

/** A value typed or chosen by a person; nothing where it is what counts already. */
async function save(name, text) {
  const figure = selected();
  const value = text.trim();
  if (!figure) return;
  drafts.drop(figure, name);
  if (value === figure.now[name]) return;
  if (await keep([{ action: "edit", data: { [name]: value }, ...about(figure.book, figure) }])) await again();
  else drafts.set(figure, name, text);
}

async function undo() {
  let back;
  try {
    back = await decisions.undo();
  } catch (error) {
    return tell(error instanceof TypeError ? say().offline : say().notKept + error.message, true);
  }
  if (!back) return tell(say().nothingToUndo);
  tell(say().undone);
  calm();
  if (!queue.go(back.item)) await queue.load(back.item);
  return open(back.book, back.page, { figure: back.figure, keep: true });
}

/* ---- shapes and texts on the page */

async function drawn(place, box) {
  const page = state.pages[place];
  if (state.mode === "add") return addFigure(page, box);
  const role = state.mode;
  const text = await server.textAt(page.book, page.page, box);
  await change("relink", link(text, page.page, box, role));
  if (!text) focusField(role);
  return undefined;
}

/** A figure that the program did not see; a caption that is being looked at becomes its caption. */
async function addFigure(page, box) {
  const { item } = queue;
  const caption = item && item.type === "caption" && page.captions.find((one) => one.id === item.id);
  const figure = { book: page.book, page: page.page, bbox: box, pair_id: null };
  const steps = [{ action: "add", data: {}, ...figure }];
  if (caption) steps.push({ action: "relink", data: link(caption.text, page.page, caption.bbox, "caption"), ...figure });
  calm();
  if (!(await keep(steps))) return;
  await again();
  const added = figures().find((one) => one.type === "added" && one.target.bbox.join() === box.join());
  if (added) select(added.id);
  if (!caption) focusField("title");
}

/** A caption is also what the figure is described by, until a description is linked. */
function link(text, page, bbox, role) {
  const figure = selected();
  const printed = { text, page, bbox };
  const alone = role === "caption" && !(figure && figure.now.description_place);
  return alone ? { caption: printed, description: printed } : { [role]: printed };
}

async function picked(text) {
  const role = state.mode;
  await change("relink", link(text.text, state.pages[text.page].page, text.box, role));
}

function startLink(role) {
  const figure = selected();
  const { item } = queue;
  if (!figure) return tell(say().pickFigure);
  const page = item && item.type === "caption" && state.pages.find((one) => one.captions.some((caption) => caption.id === item.id));
  const caption = page && page.captions.find((one) => one.id === item.id);
  if (caption && role === "caption" && !item.decided) {
    return change("relink", link(caption.text, page.page, caption.bbox, "caption"));
  }
  return begin(role);
}

function begin(mode) {
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

function merge() {
  const figure = selected();
  const others = figures().filter((one) => state.together.has(one.id) && one.page === (figure && figure.page));
  if (!figure || !others.length) return begin("merge");
  const all = [figure, ...others].flatMap((one) => one.now.boxes);
  const bbox = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...all.map((box) => box[side])));
  return change("merge", { boxes: others.map((one) => one.target.bbox), bbox });
}

async function cut(at = state.cut.at) {
  const figure = selected();
  const [x0, y0, x1, y1] = figure.now.boxes[0];
  const across = state.cut.axis === "x";
  const place = Math.round(100 * (across ? x0 + at * (x1 - x0) : y0 + at * (y1 - y0))) / 100;
  const boxes = across ? [[x0, y0, place, y1], [place, y0, x1, y1]] : [[x0, y0, x1, place], [x0, place, x1, y1]];
  await change("split", { boxes });
}

/* ---- keys */

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Keys while something is under way; whether the key was one of them. */
function modeKey(event) {
  if (event.key === "Escape") {
    calm();
    state.together.clear();
    draw();
    return true;
  }
  const arrow = ARROWS[event.key];
  if (state.mode === "reject") return reasonKey(event.key);
  if (state.mode === "box" && arrow) {
    const [x0, y0, x1, y1] = state.box;
    const [dx, dy] = arrow.map((by) => by * STEP);
    const moved = event.shiftKey ? [x0, y0, Math.max(x0 + STEP, x1 + dx), Math.max(y0 + STEP, y1 + dy)] : [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
    state.box = inside(moved, state.pages[selected().place]);
    drawMarks();
    return true;
  }
  if (state.mode === "box" && event.key === "Enter") return change("box", { bbox: state.box }) && true;
  if (state.mode === "split" && arrow) {
    state.cut.axis = arrow[0] ? "x" : "y";
    state.cut.at = Math.min(0.98, Math.max(0.02, state.cut.at + CUT_STEP * (arrow[0] + arrow[1])));
    drawMarks();
    return true;
  }
  if (state.mode === "split" && event.key === "Enter") return cut() && true;
  if (state.mode === "add" && event.key === "Enter") {
    const page = mainPage();
    addFigure(page, NEW_BOX.map((share, side) => Math.round(share * (side % 2 ? page.height : page.width)))).then(() => begin("box"));
    return true;
  }
  if ((state.mode === "caption" || state.mode === "description") && event.key === "Enter") return pickNext() && true;
  return false;
}

function reasonKey(key) {
  const reasons = Object.keys(say().reasons);
  const reason = key === "Enter" || key.toLowerCase() === "x" ? reasons[0] : reasons[Number(key) - 1];
  if (reason) reject(reason);
  return Boolean(reason);
}

/** By keyboard: the next text of the page, in turn, becomes the chosen figure's. */
function pickNext() {
  const role = state.mode;
  const { texts } = marksOf(state.pages, { ...state, item: "" });
  const own = texts.findIndex((text) => text.id === `${state.selected}:${role}`);
  const next = texts[(own + 1) % texts.length];
  return next ? picked(next).then(() => begin(role)) : null;
}

function focusField(name) {
  const field = byId("panel").querySelector(`[data-field="${name}"]`);
  if (field) field.focus();
}

const ACTS = {
  accept: () => verdict("accept"),
  reject: () => begin("reject"),
  remove: () => verdict("remove"),
  done,
  skip: () => (queue.nextOpen() ? openItem() : undefined),
  undo,
  edit: () => focusField("title"),
  box: () => begin("box"),
  add: () => begin("add"),
  split: () => begin("split"),
  merge,
  caption: () => startLink("caption"),
  description: () => startLink("description"),
  next: () => queue.step(1) && openItem(),
  previous: () => queue.step(-1) && openItem(),
  figure: (by = 1) => {
    const all = figures();
    const place = all.findIndex((one) => one.id === state.selected);
    if (all.length) select(all[(place + by + all.length) % all.length].id);
  },
  pageOn: () => turnPage(1),
  pageBack: () => turnPage(-1),
  beside: () => open(mainPage().book, state.page, { figure: state.selected, keep: true, beside: state.pages.length > 1 && state.beside ? 0 : state.page + 1 }),
  zoom: () => {
    const figure = selected();
    state.zoomed = !state.zoomed && Boolean(figure);
    if (state.zoomed) sheet.fit(sheet.pages[figure.place], figure.now.boxes[0]);
    else sheet.fit();
  },
  jump: () => byId("page").select(),
  filters: () => {
    byId("filters").hidden = !byId("filters").hidden;
    if (!byId("filters").hidden) byId("filters").querySelector("select").focus();
  },
  language: () => {
    switchLanguage();
    fillAll();
    draw();
  },
  help: () => (byId("help").open ? byId("help").close() : byId("help").showModal()),
  cancel: () => {
    calm();
    draw();
  },
};

function turnPage(by) {
  const page = mainPage();
  const { pages } = queue.start.books.find((book) => book.id === page.book);
  const next = page.page + by;
  if (next >= 1 && next <= pages) {
    calm();
    open(page.book, next);
  }
}

async function act(name, ...given) {
  try {
    await ACTS[name](...given);
  } catch (error) {
    tell(error instanceof TypeError && /fetch/i.test(error.message) ? say().offline : error.message, true);
  }
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  if (byId("help").open) {
    if (event.key === "?") act("help");
    return;
  }
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return fieldKey(event, target);
  if (target.tagName === "BUTTON" && (event.key === "Enter" || event.key === " ")) target.blur();
  if (state.mode && modeKey(event)) return event.preventDefault();
  if (event.key === "Escape") {
    state.together.clear();
    return draw();
  }
  const name = actionOf(event.key);
  if (!name) return undefined;
  event.preventDefault();
  return act(name, ...(name === "figure" ? [event.key === "ArrowUp" ? -1 : 1] : []));
}

function fieldKey(event, target) {
  if (event.key === "Escape") {
    const figure = selected();
    if (figure && target.dataset.field) {
      drafts.drop(figure, target.dataset.field);
      target.value = figure.now[target.dataset.field];
    }
    target.blur();
  } else if (event.key === "Enter" && target.tagName !== "TEXTAREA" && target.dataset.field) target.blur();
  else if (event.key === "Enter" && target.dataset.field && !event.shiftKey) {
    event.preventDefault();
    target.blur();
  }
}

/* ---- the beginning */

function fillAll() {
  fillWords();
  fillHelp(byId("help"));
  queue.drawFilters(async () => {
    await queue.load();
    fillAll();
    await openItem();
  });
}

async function begins() {
  const given = readAddress();
  const start = await server.start();
  kinds = start.kinds;
  document.title = `${start.dataset} ${start.version}`;
  byId("name").textContent = `${start.dataset} ${start.version}`;
  byId("who").textContent = start.who;
  decisions = new Decisions(start.digest);
  drafts = new Drafts(start.digest);
  sheet = new Sheet(byId("viewer"), { select, drawn, picked, cut: (id, at) => cut(at), box: (id, bbox) => change("box", { bbox }) });
  queue = new Queue(start, (id) => queue.go(id) && openItem());
  byId("book").replaceChildren(...start.books.map((book) => option(book.id, book.title)));
  const jump = () => open(byId("book").value, Math.max(1, Number(byId("page").value) || 1)).catch((error) => tell(error.message, true));
  byId("book").addEventListener("change", () => {
    byId("page").value = 1;
    jump();
  });
  byId("jump").addEventListener("submit", (event) => {
    event.preventDefault();
    byId("page").blur();
    jump();
  });
  for (const [id, name] of [["show-filters", "filters"], ["show-help", "help"], ["language", "language"]]) byId(id).addEventListener("click", () => act(name));
  document.addEventListener("keydown", onKey);
  await queue.load(given.item);
  fillAll();
  if (queue.damaged) tell(say().damaged(queue.damaged), true);
  await openItem();
  document.body.dataset.ready = "1";
}

begins().catch((error) => tell(error.message, true));
