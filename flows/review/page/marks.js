/* What is drawn over the pages: figures, the texts that belong to them, and lines between the two. */

import { say } from "./strings.js";

/** What stands for a decision, on a page and in lists. */
export const SIGNS = { accept: "✓", reject: "✕", remove: "∅", merge: "⊕", change: "✎", done: "☑", no_figure: "∅" };
const LEFT = ["remove", "merge"]; // figures whose texts are free for others
const ROLES = { caption_place: "caption", description_place: "description" };

/** Every figure of the shown pages, with the place of its page among them. */
export function figuresOf(pages) {
  return pages.flatMap((page, place) => page.figures.map((figure) => ({ ...figure, place, page: page.page, book: page.book })));
}

/** `text` and `figure` (an id) are those that a key would take, `place` is that of the page that is looked at. */
export function marksOf(pages, { selected, together, box, cut, item, mode, place, text, figure }) {
  const figures = figuresOf(pages);
  const isNew = mode === "add" && Boolean(box);
  const shown = figures.map((one, index) => ({
    id: one.id,
    page: one.place,
    boxes: one.id === selected && box && !isNew ? [box] : one.now.boxes,
    state: `${one.type} ${one.verdict || (one.history.length ? "changed" : "open")}${one.gone ? " gone" : ""}`,
    tag: String(index + 1),
    sign: SIGNS[one.verdict] || (one.history.length ? SIGNS.change : ""),
    selected: one.id === selected,
    together: together.has(one.id),
    target: one.id === figure,
    label: `${one.now.title || one.now.caption || say().types[one.type]}`,
  }));
  if (isNew) shown.push({ id: "", page: place, boxes: [box], state: "drawn", tag: "", sign: "", selected: false, label: "" });
  const texts = [];
  const links = [];
  const elsewhere = pages.flatMap((page) => page.elsewhere).filter((figure) => !figures.some((one) => one.id === figure.id));
  for (const figure of [...figures, ...elsewhere]) {
    if (LEFT.includes(figure.verdict)) continue;
    for (const [name, role] of Object.entries(ROLES)) {
      const at = figure.now[name];
      const page = at ? pages.findIndex((one) => one.page === at.page) : -1;
      if (page < 0 || (role === "description" && same(at, figure.now.caption_place))) continue;
      const chosen = figure.id === selected;
      texts.push({ id: `${figure.id}:${role}`, page, box: at.bbox, role, selected: chosen, text: figure.now[role], label: figure.now[role] });
      if (figure.place !== undefined) {
        links.push({ from: { page: figure.place, box: figure.now.boxes[0] }, to: { page, box: at.bbox, role }, selected: chosen });
      }
    }
  }
  for (const loose of looseTexts(pages, [...figures, ...elsewhere])) {
    if (!texts.some((one) => isAt(one, loose))) texts.push({ ...loose, role: "caption loose", selected: item === loose.id, label: loose.text });
  }
  for (const one of texts) one.target = Boolean(text) && isAt(one, text);
  return { figures: shown, texts, links, cut };
}

/** Captions without a figure, and texts that a person took from the figure the program gave them to. */
function looseTexts(pages, figures) {
  const unmatched = pages.flatMap((page, place) => page.captions.map((one) => ({ id: one.id, page: place, box: one.bbox, text: one.text })));
  const left = figures.flatMap((figure) => Object.entries(ROLES).flatMap(([name, role]) => {
    const at = figure.read[name];
    const place = at ? pages.findIndex((page) => page.page === at.page) : -1;
    return place < 0 ? [] : [{ id: `${figure.id}:${role}:read`, page: place, box: at.bbox, text: figure.read[role] }];
  }));
  return [...unmatched, ...left];
}

const isAt = (a, b) => a.page === b.page && a.box.join() === b.box.join();

function same(a, b) {
  return Boolean(a && b) && a.page === b.page && a.bbox.join() === b.bbox.join();
}
