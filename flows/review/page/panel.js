/* The panel beside the pages: the chosen figure, each value with what the program read, and the decisions. */

import { button, confidence, make, option, picture } from "./dom.js";
import { cropPicture } from "./server.js";
import { ruleName, say } from "./strings.js";
import { KEYS, keyName } from "./keys.js";

const LINES = { title: 1, caption: 2, description: 6, number: 1 };
const PLACES = { caption: "caption_place", description: "description_place" };
const CHOICES = { kind: "kinds", medium: "mediums", subject: "subjects" }; // field: its names in strings.js
const WRITES_DRAFTS = new Set(["accept", "done"]); // decisions that keep typed texts with them
const FIELDS = ["title", "caption", "description", "number", ...Object.keys(CHOICES)];

/** Draw the panel. `view` has item, figure, page, mode, choices, drafts, and `on` with act(name), save(field, text), reject(reason), restore(what). */
export function drawPanel(panel, view) {
  const focus = panel.contains(document.activeElement) ? document.activeElement : null;
  const held = focus && focus.dataset.field ? { field: focus.dataset.field, start: focus.selectionStart, end: focus.selectionEnd } : null;
  const top = panel.scrollTop;
  const { figure } = view;
  panel.replaceChildren(...[head(view), figure ? fields(view) : about(view), actions(view), figure ? history(figure) : null].filter(Boolean));
  panel.scrollTop = top;
  const again = held && panel.querySelector(`[data-field="${held.field}"]`);
  if (again) {
    again.focus();
    if (again.setSelectionRange && held.start !== null && again.tagName !== "SELECT") again.setSelectionRange(held.start, held.end);
  }
}

/** Takes back the verdict on a figure, or what changed its box. */
function back(what, on) {
  const button = make("button", "restore", say().restore);
  button.addEventListener("click", () => on.restore(what));
  return button;
}

function head({ item, figure, page, books, on }) {
  const words = say();
  const type = figure ? figure.type : item ? item.type : "page";
  const why = item && (!figure || figure.id === item.id) ? item.why : "";
  const notes = [
    figure && figure.rule ? `${words.rule} · ${ruleName(figure.rule)}` : "",
    why && why !== "sure" ? words.whys[why] : "",
    ...(figure ? figure.hints.map((hint) => words.hints[hint] || hint) : []),
    figure ? words.leftOver[figure.reason] || figure.reason : "",
  ];
  const verdict = figure && figure.verdict ? make("span", `verdict ${figure.verdict}`, words.verdicts[figure.verdict], figure.why ? ` · ${words.reasons[figure.why] || figure.why}` : "", figure.verdict === "accept" ? null : back("verdict", on)) : null;
  const left = figure && figure.gone ? make("p", "quiet", figure.verdict ? words.notInVersion : words.comesBack) : null;
  const shape = figure && figure.undoes.shape.length ? make("p", "quiet shape", words.boxChanged, back("shape", on)) : null;
  const text = make("div", "",
    make("h2", "", words.types[type]),
    make("p", "quiet", `${books.get(page.book)} · ${words.pageOf(figure ? figure.target.page : page.page)}`),
    make("p", "notes", confidence(figure ? figure.confidence : null), ...notes.filter(Boolean).map((note) => make("span", "", note))),
    verdict, left, shape, page.done ? make("p", "quiet", words.done(page.done.who)) : null);
  const crop = figure && (figure.type === "pair" || figure.type === "figure") && !figure.gone ? picture(cropPicture(figure.id), "") : null;
  return make("header", "", text, crop);
}

function about({ item, page }) {
  const words = say();
  const caption = item && item.type === "caption" ? page.captions.find((one) => one.id === item.id) : null;
  const failures = page.failures.map((failure) => make("p", "failure", `${words.failures[failure.reason] || failure.reason} · ${failure.detail}`));
  return make("section", "about", caption ? make("p", "body", caption.text) : null, caption ? make("p", "quiet", words.leftOver[caption.reason] || caption.reason) : null, ...failures,
    make("p", "quiet", words.figuresHere(page.figures.length)));
}

function fields(view) {
  return make("section", "fields", ...FIELDS.map((name) => field(view, name)));
}

function field({ figure, choices, drafts, on }, name) {
  const words = say();
  const read = figure.read[name];
  const now = figure.now[name];
  const names = name in CHOICES ? words[CHOICES[name]] : null;
  const draft = names ? null : drafts.get(figure, name);
  const input = names ? make("select", "", ...choices[name].map((value) => option(value, names[value] || value))) : make(LINES[name] > 1 ? "textarea" : "input");
  if (LINES[name] > 1) input.rows = LINES[name];
  input.value = draft ?? now;
  input.dataset.field = name;
  input.lang = "zh";
  input.autocomplete = "off";
  if (names) {
    input.addEventListener("change", () => {
      input.blur();
      on.save(name, input.value);
    });
  } else {
    input.addEventListener("input", () => drafts.set(figure, name, input.value));
    input.addEventListener("blur", () => input.isConnected && !input.dataset.taken && on.save(name, input.value, Boolean(input.dataset.entered)));
  }
  const unlink = figure.unlinks[name];
  const differs = now !== read || Boolean(unlink);
  const shown = names ? names[read] || read : read || words.empty;
  const undo = differs ? make("button", "restore", words.restore) : null;
  if (undo) undo.addEventListener("click", () => (unlink ? on.unlink(name) : on.save(name, read)));
  return make("label", differs ? "changed" : "",
    make("span", "name", words.fields[name], place(figure, name), draft !== null && draft !== now ? make("i", "", words.draft) : null),
    input,
    differs ? make("span", "read", `${words.read} `, make("q", "", shown), undo) : null);
}

/** On which page a text is printed. */
function place(figure, name) {
  const words = say();
  const at = figure.now[PLACES[name]];
  if (!(name in PLACES) || !at) return null;
  return make("span", `place ${name}`, at.page === figure.target.page ? words.here : words.pageOf(at.page));
}

function actions(view) {
  if (view.mode === "reject") return reasons(view);
  const words = say();
  const { figure, on } = view;
  const of = (names) => names.map((name) => {
    const made = button(words.actions[name], keyName(KEYS[name][0]), () => on.act(name), name);
    if (WRITES_DRAFTS.has(name)) made.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps what is typed
    return made;
  });
  const caption = view.item && view.item.type === "caption" && view.page.captions.some((one) => one.id === view.item.id);
  const decide = figure ? ["accept", "reject", "remove", "done", "skip", "undo"] : [...(caption ? ["noFigure"] : []), "done", "skip", "undo"];
  const change = figure ? ["edit", "box", "caption", "description", "split", "merge", "add", "beside"] : ["add", "caption", "beside"];
  return make("section", "actions", make("div", "decide", ...of(decide)), make("div", "change", ...of(change)));
}

function reasons({ on }) {
  const words = say();
  const all = Object.entries(words.reasons);
  return make("section", "actions reasons", make("h3", "", words.rejectHead),
    ...all.map(([reason, label], index) => button(label, String(index + 1), () => on.reject(reason))),
    button(words.actions.cancel, "Esc", () => on.act("cancel"), "quiet"));
}

function history(figure) {
  if (!figure.history.length) return null;
  const words = say();
  const lines = figure.history.slice().reverse().map((line) =>
    make("li", "", `${words.historyActions[line.action] || line.action} · ${line.who} · ${line.when.slice(0, 16).replace("T", " ")} UTC`));
  return make("section", "history", make("h3", "", words.history), make("ol", "", ...lines));
}
