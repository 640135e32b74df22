/* The review page: its parts are put together, and keys and buttons are told what to do. */

import { Decisions } from "./decisions.js";
import { byId, option } from "./dom.js";
import { Drafts } from "./drafts.js";
import { actionOf, fillHelp } from "./keys.js";
import { isLinking, moveTarget, picked, startLink, takeTarget, target } from "./links.js";
import { watch } from "./news.js";
import { lastPlace, Queue, readAddress, shownAt } from "./queue.js";
import * as server from "./server.js";
import { begin, chooseTarget, cut, drawn, focusField, merge, mergeMarked, mergeTarget, moveBox, moveCut, placeOrAdd } from "./shapes.js";
import { Sheet } from "./sheet.js";
import { fillWords, say, switchLanguage } from "./strings.js";
import { change, done, looseCaption, noFigure, reject, restore, save, undo, unlink, verdict } from "./verdicts.js";
import { app, calm, draw, figures, mainPage, open, openItem, select, selected, state, tell } from "./view.js";

const ACTS = {
  accept: () => verdict("accept"),
  reject: () => begin("reject"),
  remove: () => (looseCaption() ? noFigure() : verdict("remove")),
  noFigure,
  done,
  skip: () => (app.queue.nextOpen() ? openItem() : undefined),
  undo,
  restore: () => restore("verdict"),
  edit: () => focusField("title"),
  box: () => begin("box"),
  add: () => begin("add"),
  split: () => begin("split"),
  merge,
  caption: () => startLink("caption", begin),
  description: () => startLink("description", begin),
  next: () => app.queue.step(1) && openItem(),
  previous: () => app.queue.step(-1) && openItem(),
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
    if (state.zoomed) app.sheet.fit(app.sheet.pages[figure.place], figure.now.boxes[0]);
    else app.sheet.fit();
  },
  jump: () => byId("page").select(),
  filters: () => {
    byId("filters").hidden = !byId("filters").hidden;
    if (!byId("filters").hidden) byId("filters").querySelector("select").focus();
  },
  queue: (open = !byId("queue").classList.contains("open")) => {
    byId("queue").classList.toggle("open", open); // a wide page shows it always
    byId("show-queue").setAttribute("aria-expanded", String(open));
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

/* The buttons of the bar, by id. */
const BUTTONS = {
  "show-queue": "queue", "item-back": "previous", "item-on": "next", "page-back": "pageBack", "page-on": "pageOn",
  "show-filters": "filters", "show-help": "help", language: "language",
};

function turnPage(by) {
  const page = mainPage();
  const { pages } = app.queue.start.books.find((book) => book.id === page.book);
  const next = page.page + by;
  if (next >= 1 && next <= pages) {
    calm();
    open(page.book, next);
  }
}

const act = (name, ...given) => attempt(() => ACTS[name](...given));

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    tell(server.isOffline(error) && /fetch/i.test(error.message) ? say().offline : error.message, true);
  }
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
  const [move, enter, space] = MODES[state.mode] || [];
  const take = (arrow && move && (() => move(arrow, event.shiftKey))) || (event.key === "Enter" && enter) || (event.key === " " && space);
  if (!take) return false;
  attempt(take);
  return true;
}

const turn = ([across, down]) => moveTarget(across + down);
/** What arrows, Enter and space do in each mode. */
const MODES = {
  box: [moveBox, () => change("box", { bbox: state.box })],
  add: [(...given) => state.box && moveBox(...given), placeOrAdd],
  split: [moveCut, () => cut()],
  caption: [turn, takeTarget],
  description: [turn, takeTarget],
  merge: [turn, mergeMarked, chooseTarget],
};

function reasonKey(key) {
  const reasons = Object.keys(say().reasons);
  const reason = key === "Enter" || key.toLowerCase() === "x" ? reasons[0] : reasons[Number(key) - 1];
  if (reason) reject(reason);
  return Boolean(reason);
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
    byId("filters").hidden = true;
    state.together.clear();
    return draw();
  }
  const name = actionOf(event.key);
  if (!name) return undefined;
  event.preventDefault();
  return act(name, ...(name === "figure" ? [event.key === "ArrowUp" ? -1 : 1] : []));
}

function fieldKey(event, target) {
  if (event.isComposing) return; // the key is for the input method: Enter takes a word
  if (event.key === "Escape") {
    if (target.closest("#filters")) byId("filters").hidden = true;
    const figure = selected();
    if (figure && target.dataset.field) {
      app.drafts.drop(figure, target.dataset.field);
      target.value = figure.now[target.dataset.field];
    }
    target.blur();
  } else if (event.key === "Enter" && target.dataset.field && !(event.shiftKey && target.tagName === "TEXTAREA")) {
    event.preventDefault();
    target.dataset.entered = "1"; // blur alone keeps a text, too, but not over one that another saved
    target.blur();
    delete target.dataset.entered;
  }
}

/* ---- the beginning */

function fillAll() {
  fillWords();
  fillHelp(byId("help"));
  app.queue.drawFilters(async () => {
    await app.queue.load();
    fillAll();
    await openItem();
  });
}

async function begins() {
  const start = await server.start();
  lastPlace(start.workspace);
  const given = readAddress();
  app.choices = { kind: start.kinds, medium: start.mediums, subject: start.subjects };
  app.on = { act, save, reject, restore, unlink: (name) => attempt(() => unlink(name)) };
  app.targets = () => ({ text: target(), figure: mergeTarget() });
  document.title = `${start.dataset} ${start.version}`;
  byId("name").textContent = `${start.dataset} ${start.version}`;
  byId("who").textContent = start.who;
  app.drafts = new Drafts(start);
  app.decisions = new Decisions(app.drafts);
  const onSheet = (action) => (...given) => attempt(() => action(...given));
  app.sheet = new Sheet(byId("viewer"), { select, drawn: onSheet(drawn), picked: onSheet(picked), missed: () => isLinking() && tell(say().noText), cut: (id, at) => cut(at), box: (id, bbox) => change("box", { bbox }) });
  app.queue = new Queue(start, (id) => {
    act("queue", false);
    if (app.queue.go(id)) openItem();
  });
  byId("book").replaceChildren(...start.books.map((book) => option(book.id, book.title)));
  const jump = () => {
    const { id, pages } = start.books.find((book) => book.id === byId("book").value);
    const page = Number(byId("page").value);
    if (!Number.isInteger(page) || page < 1 || page > pages) return tell(say().noPage(byId("page").value, pages), true);
    return attempt(() => open(id, page));
  };
  byId("book").addEventListener("change", () => {
    byId("page").value = 1;
    jump();
  });
  byId("jump").addEventListener("submit", (event) => {
    event.preventDefault();
    byId("page").blur();
    jump();
  });
  for (const [id, name] of Object.entries(BUTTONS)) byId(id).addEventListener("click", () => act(name));
  document.addEventListener("keydown", onKey);
  await app.queue.load(given.item);
  fillAll();
  if (app.queue.damaged) tell(say().damaged(app.queue.damaged), true);
  const shown = shownAt(given, start.books);
  if (shown && app.queue.item) await open(shown.book, shown.page, { ...shown, keep: true });
  else await openItem();
  addEventListener("hashchange", () => location.reload());
  watch(start);
  document.body.dataset.ready = "1";
}

begins().catch((error) => tell(error.message, true));
