/* The keyboard: which key does what, and the overlay that lists it. */

import { make } from "./dom.js";
import { say } from "./strings.js";

export const KEYS = {
  accept: ["a"], reject: ["x"], noFigure: ["0"], remove: ["0", "Delete"], done: ["d"], skip: [" "], undo: ["Backspace"], restore: ["r"],
  edit: ["e"], box: ["b"], caption: ["c"], description: ["t"], split: ["s"], merge: ["m"], add: ["n"],
  next: ["ArrowRight", "j"], previous: ["ArrowLeft", "k"], figure: ["ArrowDown", "ArrowUp"], pageOn: ["]"], pageBack: ["["],
  beside: ["2"], zoom: ["z"], jump: ["g"], filters: ["/"], language: ["l"], help: ["?"],
};
const GROUPS = {
  decide: ["accept", "reject", "remove", "noFigure", "done", "skip", "undo", "restore"],
  change: ["edit", "box", "caption", "description", "split", "merge", "add"],
  move: ["next", "previous", "figure", "pageOn", "pageBack", "beside", "zoom", "jump", "filters", "language", "help"],
};
const NAMES = { ArrowRight: "→", ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del" };
// `remove` stands behind noFigure and has its key; main.js tells the two apart.
const BY_KEY = new Map(Object.entries(KEYS).flatMap(([name, keys]) => keys.map((key) => [key, name])));

/** The action of a key; capital letters are the same as small ones. */
export const actionOf = (key) => BY_KEY.get(key.length === 1 ? key.toLowerCase() : key);

export function keyName(key) {
  if (key === " ") return say().space;
  if (key === "Backspace") return "⌫";
  return NAMES[key] || key.toUpperCase();
}

export function fillHelp(dialog) {
  const words = say();
  const group = (name) => make("section", "", make("h3", "", words.helpGroups[name]), make("dl", "", ...GROUPS[name].flatMap((action) => [
    make("dt", "", ...KEYS[action].map((key) => make("kbd", "", keyName(key)))), make("dd", "", words.actions[action])])));
  const close = make("button", "close", "×");
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(close, make("h2", "", words.helpHead), make("div", "groups", ...Object.keys(GROUPS).map(group)), make("p", "quiet", words.helpText));
}
