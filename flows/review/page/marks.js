/* What is drawn over the pages: figures, the texts that belong to them, and lines between the two. */

import { say } from "./strings.js";

const SIGNS = { accept: "✓", reject: "✕", remove: "∅" };
const ROLES = { caption_place: "caption", description_place: "description" };

/** Every figure of the shown pages, with the place of its page among them. */
export function figuresOf(pages) {
  return pages.flatMap((page, place) => page.figures.map((figure) => ({ ...figure, place, page: page.page, book: page.book })));
}

export function marksOf(pages, { selected, together, box, cut, item }) {
  const figures = figuresOf(pages);
  const shown = figures.map((figure, index) => ({
    id: figure.id,
    page: figure.place,
    boxes: figure.id === selected && box ? [box] : figure.now.boxes,
    state: `${figure.type} ${figure.verdict || (figure.history.length ? "changed" : "open")}`,
    tag: String(index + 1),
    sign: SIGNS[figure.verdict] || (figure.history.length ? "✎" : ""),
    selected: figure.id === selected,
    together: together.has(figure.id),
    label: `${figure.now.title || figure.now.caption || say().types[figure.type]}`,
  }));
  const texts = [];
  const links = [];
  const elsewhere = pages.flatMap((page) => page.elsewhere).filter((figure) => !figures.some((one) => one.id === figure.id));
  for (const figure of [...figures, ...elsewhere]) {
    if (figure.verdict === "remove") continue;
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
    const taken = texts.some((text) => text.page === loose.page && text.box.join() === loose.box.join());
    if (!taken) texts.push({ ...loose, role: "caption loose", selected: item === loose.id, label: loose.text });
  }
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

function same(a, b) {
  return Boolean(a && b) && a.page === b.page && a.bbox.join() === b.bbox.join();
}
