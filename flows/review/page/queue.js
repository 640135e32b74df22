/* The queue: what is to be looked at, in order, and the filters that choose it. */

import { byId, confidence, make, option, picture } from "./dom.js";
import { SIGNS } from "./marks.js";
import * as server from "./server.js";
import { ruleName, say } from "./strings.js";

const BEFORE = 4; // rows above the present one
const ROWS = 60;
const NO_CHOICE = { book: "", kind: "", subject: "", rule: "", why: "", low: "0", high: "1", decided: "" };

export class Queue {
  constructor(start, onOpen) {
    this.start = start;
    this.books = new Map(start.books.map((book) => [book.id, book.title]));
    this.onOpen = onOpen;
    this.items = [];
    this.at = 0;
    this.rows = new Map();
    const given = Object.entries(readAddress()).filter(([name]) => name in NO_CHOICE);
    this.choice = { ...NO_CHOICE, ...Object.fromEntries(given) };
  }

  get item() { return this.items[this.at]; }

  async load(id) {
    const found = await server.queue(this.choice);
    Object.assign(this, { items: found.items, left: found.left, total: found.total, damaged: found.damaged, at: 0 });
    this.rows.clear();
    this.go(id);
  }

  /** Whether there was another item in this direction (1 or -1). */
  step(by) {
    const next = this.at + by;
    if (next < 0 || next >= this.items.length) return false;
    this.at = next;
    return true;
  }

  /** Go to the next item that nobody decided; false at the end. */
  nextOpen() {
    const ahead = this.items.findIndex((item, place) => place > this.at && !item.decided);
    const found = ahead >= 0 ? ahead : this.items.findIndex((item) => !item.decided);
    if (found < 0) return false;
    this.at = found;
    return true;
  }

  /** Go to an item; false where the queue does not hold it. */
  go(id) {
    const place = this.items.findIndex((item) => item.id === id);
    if (place >= 0) this.at = place;
    return place >= 0;
  }

  /** Note what became of an item: `decided`, its mark, its title. */
  settle(id, { decided, mark, title }) {
    const item = this.items.find((one) => one.id === id);
    if (!item) return;
    if (item.decided !== decided) this.left += decided ? -1 : 1;
    Object.assign(item, { decided, mark, title: title ?? item.title });
    this.rows.delete(id);
  }

  /** Take over from a page what became of its items. */
  sync(page) {
    for (const item of page.items) this.settle(item.id, item);
  }

  coming(count) {
    return this.items.slice(this.at + 1).filter((item) => !item.decided).slice(0, count);
  }

  draw() {
    const first = Math.max(0, this.at - BEFORE);
    const rows = this.items.slice(first, first + ROWS).map((item) => this.row(item));
    byId("queue").replaceChildren(...rows);
    byId("left").textContent = say().left(this.left, this.total);
    byId("meter").firstElementChild.style.width = `${this.total ? 100 * (1 - this.left / this.total) : 100}%`;
    for (const row of rows) row.toggleAttribute("aria-current", row.dataset.id === this.item.id);
  }

  row(item) {
    const words = say();
    const known = this.rows.get(item.id);
    if (known && known.lang === words.language) return known;
    const row = make("button", `row ${item.decided ? "decided" : ""}`,
      make("span", "mat", item.picture ? picture(server.cropPicture(item.id), "") : make("span", "glyph", { caption: "题", failure: "！", page: "≠" }[item.type])),
      make("span", "words", make("b", "", item.title || words.types[item.type]), make("span", "quiet", `${this.books.get(item.book)} · ${words.pageOf(item.page)}`)),
      item.decided ? sign(item.mark) : confidence(item.confidence));
    row.lang = words.language;
    row.dataset.id = item.id;
    row.title = words.whys[item.why];
    row.addEventListener("click", () => this.onOpen(item.id));
    this.rows.set(item.id, row);
    return row;
  }

  drawFilters(onChange) {
    const words = say();
    const change = (name, value) => {
      this.choice[name] = value;
      onChange();
    };
    const select = (name, rows) => {
      const element = make("select", "", option("", words.all), ...rows.map(([value, label]) => option(value, label)));
      element.value = this.choice[name];
      element.addEventListener("change", () => change(name, element.value));
      return make("label", "", make("span", "", words[name]), element);
    };
    const bound = (name) => {
      const element = make("input");
      Object.assign(element, { type: "number", min: 0, max: 1, step: 0.05, value: this.choice[name] });
      element.addEventListener("change", () => change(name, element.value || NO_CHOICE[name]));
      return element;
    };
    const decided = make("input");
    decided.type = "checkbox";
    decided.checked = this.choice.decided === "1";
    decided.addEventListener("change", () => change("decided", decided.checked ? "1" : ""));
    const clear = make("button", "clear", words.clear);
    clear.addEventListener("click", () => {
      this.choice = { ...NO_CHOICE };
      onChange();
    });
    byId("filters").replaceChildren(
      select("book", this.start.books.map((book) => [book.id, book.title])),
      select("why", this.start.whys.map((why) => [why, words.whys[why]])),
      select("kind", this.start.kinds.map((kind) => [kind, words.kinds[kind]])),
      select("subject", this.start.subjects.map((subject) => [subject, words.subjects[subject] || subject])),
      select("rule", this.start.rules.map((rule) => [rule, ruleName(rule)])),
      make("label", "", make("span", "", words.confidence), make("span", "bounds", bound("low"), "–", bound("high"))),
      make("label", "check", decided, make("span", "", words.decidedToo)),
      clear);
  }
}

function sign(mark) {
  const element = make("span", `sign ${mark}`, SIGNS[mark] || SIGNS.accept);
  element.title = say().marks[mark] || "";
  return element;
}

/* The choice, the present item and the page that is shown live in the address, so that a reload shows the same. */
export function readAddress() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

const DIGITS = 12; // of a book's name, enough to tell it from others

export function writeAddress(choice, { item, page, figure, beside }) {
  const given = Object.entries(choice).filter(([name, value]) => value !== NO_CHOICE[name]);
  const shown = Object.entries({ item, at: `${page.book.slice(0, DIGITS)}-${page.page}`, figure, beside }).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams([...given, ...shown])}`);
  try {
    localStorage.setItem(placeKey, location.hash);
  } catch {
    // no room, or not allowed: the address has it
  }
}

let placeKey = "";

/** Where the address names no place, as that of another run of the server: the last place in this workspace. */
export function lastPlace(workspace) {
  placeKey = `tuwen-place ${workspace}`;
  try {
    const last = localStorage.getItem(placeKey);
    if (!location.hash && last) history.replaceState(null, "", last);
  } catch {
    // not allowed: the first item
  }
}

/** The page that an address shows, as {book, page, figure, beside}; null where it names none of these books. */
export function shownAt({ at = "", figure = "", beside = 0 }, books) {
  const [name, number] = at.split("-");
  const book = at && books.find((one) => one.id.startsWith(name));
  const page = Number(number);
  return book && page >= 1 && page <= book.pages ? { book: book.id, page, figure, beside: Number(beside) } : null;
}
