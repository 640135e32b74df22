"use strict";
/* The gallery: filters and the grid. All text from books goes through textContent, never through markup. */

const DATA = window.TUWEN;
const TYPES = { figure: "图片 Figure", caption: "图题 Caption" };
const SPLITS = ["train", "val", "test"];
const CHOICES = ["review", "medium", "kind", "subject"];
const BATCH = 60; // Cards made at a time; the next ones come when the end of the grid draws near.
const DEFAULTS = { part: "1", view: "pairs", book: "", split: "", type: "", reason: "", order: "book", review: "", kind: "", medium: "", subject: "", motif: "", from: 0, to: 100, query: "", open: "" };

const byId = (id) => document.getElementById(id);
const state = { ...DEFAULTS, ...readAddress(), part: String(PART) };
const ahead = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && grow(), { rootMargin: "1500px" });
let shown = [];
let made = 0;

/** An element with a class and text; children may be elements or strings. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function confidence(value) {
  const level = value < 0.5 ? "low" : value < 0.8 ? "mid" : "high";
  return make("span", `conf ${level}`, value.toFixed(2));
}

/** A picture with words for who does not see it. */
function picture(path, className, alt) {
  const image = make("img", className);
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = alt;
  image.src = path;
  return image;
}

/** What the program's own name is called in Chinese; one that is not in names.js stays as it is. */
function called(sort, name) {
  return name in NAMES[sort] ? NAMES[sort][name][0] : name;
}

/** The same in Chinese and English. */
function calledBoth(sort, name) {
  return name in NAMES[sort] ? NAMES[sort][name].join(" ") : name;
}

/** What a rule is called; "+" joins the rules that made a pair one after the other. */
function ruleName(rule) {
  const parts = rule.split("+");
  return `${parts.map((part) => called("rule", part)).join(" + ")} ${rule}`;
}

function pageName(item) {
  return item.label && item.label !== String(item.page) ? `第 ${item.page} 页（${item.label}）` : `第 ${item.page} 页`;
}

/* State lives in the address, so that a reload or a copied link shows the same. */
function readAddress() {
  const found = {};
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (key === "from" || key === "to") found[key] = Math.min(100, Math.max(0, Number(value) || 0));
    else if (key in DEFAULTS) found[key] = value;
  }
  return found;
}

function writeAddress() {
  const changed = Object.entries(state).filter(([key, value]) => value !== DEFAULTS[key]);
  history.replaceState(null, "", `#${new URLSearchParams(changed)}`);
}

/* What each item is searched by, made once. */
for (const pair of DATA.pairs) {
  pair.haystack = fold([pair.title, pair.caption, pair.text, pair.en, pair.number, pair.id].join("\n"));
}
DATA.unmatched.forEach((item, index) => {
  item.id = `unmatched-${index}`;
  item.haystack = fold(`${item.text}\n${calledBoth("leftover", item.reason)}`);
});
const FAILURES = DATA.books.flatMap((book, index) =>
  book.failures.map((f) => ({ ...f, book: index, haystack: fold(`${calledBoth("stage", f.stage)}\n${calledBoth("failure", f.reason)}\n${f.detail}`) })));
const VIEWS = { pairs: DATA.pairs, unmatched: DATA.unmatched, failures: FAILURES };
if (!(state.view in VIEWS)) state.view = "pairs";

let asked = { query: "", words: [] };

/** The words of the query, folded once for all items. */
function queryWords() {
  if (asked.query !== state.query) asked = { query: state.query, words: wordsOf(state.query) };
  return asked.words;
}

/** Whether `item` passes every filter but the one named `except` (whose own choices are being counted). */
function passes(item, except) {
  if (except !== "book" && state.book !== "" && item.book !== Number(state.book)) return false;
  if (!queryWords().every((word) => item.haystack.includes(word))) return false;
  if (state.view === "pairs") {
    const percent = Math.round(item.conf * 100);
    return (except === "split" || !state.split || item.split === state.split)
      && CHOICES.every((name) => except === name || !state[name] || item[name] === state[name])
      && (except === "motif" || !state.motif || item.motifs.includes(state.motif))
      && percent >= state.from && percent <= state.to;
  }
  if (state.view === "unmatched") {
    return (except === "type" || !state.type || item.type === state.type)
      && (except === "reason" || !state.reason || item.reason === state.reason);
  }
  return true;
}

function counts(name) {
  const table = new Map();
  for (const item of VIEWS[state.view]) {
    if (!passes(item, name)) continue;
    for (const value of name === "motif" ? item.motifs : [item[name]]) table.set(value, (table.get(value) || 0) + 1);
  }
  return table;
}

function fillSelect(name, every, options) {
  const select = byId(name);
  const table = counts(name);
  const total = VIEWS[state.view].filter((item) => passes(item, name)).length;
  const rows = [["", `${every}（${total}）`], ...options.map(([value, label]) => [String(value), `${label}（${table.get(value) || 0}）`])];
  select.replaceChildren(...rows.map(([value, label]) => {
    const option = make("option", "", label);
    option.value = value;
    return option;
  }));
  select.value = state[name];
}

/** The subjects as buttons, the most frequent first. */
function fillSubjects() {
  const table = counts("subject");
  const total = [...table.values()].reduce((sum, count) => sum + count, 0);
  byId("subjects").replaceChildren(...["", ...present("subject")].map((subject) => {
    const label = subject ? [called("subject", subject), " ", make("i", "", subject)] : ["全部 ", make("i", "", "All")];
    const button = make("button", "", ...label, ` ${subject ? table.get(subject) || 0 : total}`);
    button.setAttribute("aria-pressed", String(state.subject === subject));
    button.addEventListener("click", () => change({ subject }));
    return button;
  }));
}

/** The values of `name` that any pair has, the most frequent first. */
function present(name) {
  const table = new Map();
  for (const pair of DATA.pairs) for (const value of name === "motif" ? pair.motifs : [pair[name]]) table.set(value, (table.get(value) || 0) + 1);
  return [...table].sort((a, b) => b[1] - a[1]).map(([value]) => value);
}

function fillFilters() {
  for (const element of document.querySelectorAll("[data-for]")) element.hidden = element.dataset.for !== state.view;
  for (const tab of document.querySelectorAll("#tabs button")) {
    tab.setAttribute("aria-selected", String(tab.dataset.view === state.view));
    tab.querySelector("b").textContent = VIEWS[tab.dataset.view].length;
  }
  fillSelect("book", "全部 All", DATA.books.map((book, index) => [index, book.title]));
  if (state.view === "pairs") {
    fillSelect("split", "全部 All", SPLITS.map((split) => [split, split]));
    for (const name of CHOICES.slice(0, 3)) fillSelect(name, "全部 All", present(name).map((value) => [value, calledBoth(name, value)]));
    fillSelect("motif", "全部 All", present("motif").map((motif) => [motif, motif]));
    fillSubjects();
  } else if (state.view === "unmatched") {
    fillSelect("type", "全部 All", Object.entries(TYPES));
    fillSelect("reason", "全部 All", [...new Set(DATA.unmatched.map((item) => item.reason))].sort().map((reason) => [reason, called("leftover", reason)]));
  }
  byId("order").value = state.order;
  byId("from").value = state.from;
  byId("to").value = state.to;
  byId("span").textContent = `${(state.from / 100).toFixed(2)}–${(state.to / 100).toFixed(2)}`;
  if (byId("query").value !== state.query) byId("query").value = state.query;
}

function nameOf(pair) {
  return pair.title || pair.caption || pair.number || "（无题）";
}

function pairCard(pair) {
  const card = make("button", "card",
    make("div", "mat", picture(pair.thumb || pair.img, "", nameOf(pair))),
    make("h3", "", nameOf(pair)),
    pair.caption && pair.caption !== pair.title && pair.caption !== pair.text ? make("p", "body printed", `图题 ${pair.caption}`) : null,
    pair.text === pair.title ? null : make("p", "body", pair.text),
    pair.en ? make("p", "body en", pair.en) : null,
    make("div", "foot",
      make("span", "tag", called("subject", pair.subject), pair.medium === "photograph" ? "" : ` · ${called("medium", pair.medium)}`),
      pair.review === "unreviewed" ? null : make("span", "seen", `✓ ${called("review", pair.review)}`),
      make("span", "from", `${DATA.books[pair.book].title} · ${pair.page} 页 · ${pair.split}`),
      confidence(pair.conf)));
  card.querySelector(".from").title = `${DATA.books[pair.book].title}，${pageName(pair)}`;
  return card;
}

function unmatchedCard(item) {
  return make("button", "card",
    make("div", "mat", item.img ? picture(item.thumb || item.img, "", `${TYPES[item.type]}，${DATA.books[item.book].title} 第 ${item.page} 页`) : make("p", "", item.text)),
    make("h3", "", TYPES[item.type]),
    item.img && item.text ? make("p", "body", item.text) : null,
    make("p", "body", called("leftover", item.reason)),
    make("div", "foot", make("span", "from", `${DATA.books[item.book].title} · ${item.page} 页`)));
}

function failureTable() {
  const body = make("tbody", "", ...shown.map((f) => make("tr", "",
    make("td", "", pageName(f)), make("td", "", DATA.books[f.book].title), make("td", "", calledBoth("stage", f.stage)),
    make("td", "", `${called("failure", f.reason)} `, make("code", "", f.reason)), make("td", "", f.detail))));
  const heads = ["页 Page", "书 Book", "阶段 Stage", "原因 Reason", "说明 Detail"].map((text) => make("th", "", text));
  return make("table", "", make("thead", "", make("tr", "", ...heads)), body);
}

/** Make the next batch of cards. */
function grow() {
  if (state.view === "failures") return;
  const card = state.view === "pairs" ? pairCard : unmatchedCard;
  const batch = document.createDocumentFragment();
  for (const end = Math.min(shown.length, made + BATCH); made < end; made += 1) {
    const index = made;
    const element = card(shown[index]);
    element.addEventListener("click", () => openViewer(shown, index));
    batch.append(element);
  }
  byId("grid").append(batch);
  // Watched anew, the mark below the grid reports again even when it never left the view.
  ahead.unobserve(byId("more"));
  if (made < shown.length) ahead.observe(byId("more"));
}

function show() {
  shown = VIEWS[state.view].filter((item) => passes(item, ""));
  if (state.view === "pairs" && state.order !== "book") {
    const sign = state.order === "low" ? 1 : -1;
    shown.sort((a, b) => sign * (a.conf - b.conf)); // a stable sort: equals stay in book order
  }
  made = 0;
  const total = VIEWS[state.view].length;
  byId("count").textContent = shown.length === total ? `共 ${total} 项 · ${total} items` : `${total} 项中的 ${shown.length} 项 · ${shown.length} of ${total}`;
  byId("take").hidden = !shown.length;
  byId("clear").hidden = Object.keys(DEFAULTS).every((key) => ["part", "view", "order", "open"].includes(key) || state[key] === DEFAULTS[key]);
  byId("grid").replaceChildren();
  if (!shown.length) {
    const words = total ? "没有符合筛选条件的内容。Nothing matches." : "这里没有内容。Nothing here.";
    byId("grid").append(make("p", "none", words));
  } else if (state.view === "failures") {
    byId("grid").append(failureTable());
  }
  grow();
}

function change(changes) {
  Object.assign(state, changes);
  writeAddress();
  fillFilters();
  show();
  if (scrollY > byId("grid").offsetTop) scrollTo(0, document.querySelector(".filters").offsetTop);
}

/** The list of parts; another part is another set of data, so the page is loaded anew. */
function fillParts() {
  byId("parts").hidden = !PARTS.length;
  byId("part").replaceChildren(...PARTS.map((part, index) => {
    const option = make("option", "", `${index + 1}／${PARTS.length}：${part.first} – ${part.last}（${part.pairs}）`);
    option.value = String(index + 1);
    return option;
  }));
  byId("part").value = state.part;
  byId("part").addEventListener("change", (event) => {
    Object.assign(state, DEFAULTS, { part: event.target.value, view: state.view, order: state.order });
    writeAddress();
    location.reload();
  });
}

/** Copying and saving what is listed now, all of it and not the cards made so far. */
function listenToTaking() {
  const name = () => `${DATA.dataset}-${DATA.version}-${state.view}${PARTS.length ? `-${PART}` : ""}`;
  byId("copy").addEventListener("click", async () => {
    const done = await copy(asTable(rowsOf(state.view, shown)));
    byId("taken").textContent = done ? `已复制 ${shown.length} 项 copied` : "没有复制成 not copied";
    setTimeout(() => { byId("taken").textContent = ""; }, 4000);
  });
  byId("csv").addEventListener("click", () => save(asCsv(rowsOf(state.view, shown)), `${name()}.csv`, "text/csv"));
  byId("jsonl").addEventListener("click", () => save(asJsonLines(rowsOf(state.view, shown)), `${name()}.jsonl`, "application/jsonl"));
}

function start() {
  const pages = DATA.books.reduce((sum, book) => sum + book.count, 0);
  const bySplit = SPLITS.map((split) => `${split} ${DATA.pairs.filter((pair) => pair.split === split).length}`);
  const place = PARTS.length ? `第 ${PART}／${PARTS.length} 部分 · ` : "";
  byId("summary").textContent = `${place}${DATA.books.length} 本书 · ${pages} 页 · ${DATA.pairs.length} 对图文（${bySplit.join(" / ")}）`;
  for (const tab of document.querySelectorAll("#tabs button")) {
    tab.addEventListener("click", () => change({ view: tab.dataset.view }));
  }
  for (const name of ["book", "split", "type", "reason", "order", "review", "medium", "kind", "motif"]) {
    byId(name).addEventListener("change", (event) => change({ [name]: event.target.value }));
  }
  byId("from").addEventListener("input", (event) => change({ from: Math.min(Number(event.target.value), state.to) }));
  byId("to").addEventListener("input", (event) => change({ to: Math.max(Number(event.target.value), state.from) }));
  let typing;
  byId("query").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ query: event.target.value }), 150);
  });
  byId("clear").addEventListener("click", () => change({ ...DEFAULTS, part: state.part, view: state.view, order: state.order }));
  listenToTaking();
  fillParts();
  fillFilters();
  show();
  const index = shown.findIndex((item) => item.id === state.open);
  if (state.open && index >= 0) openViewer(shown, index);
}

start();
