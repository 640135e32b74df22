/* The pages on the desk: OpenSeadragon shows them, an SVG over it shows and changes boxes.

   Boxes are [x0, y0, x1, y1] in points of their page. One unit of OpenSeadragon's world is UNIT points, so that two
   pages side by side keep their sizes. Sizes that must not grow with the zoom are given by CSS in shares of --px. */

import { pagePicture } from "./server.js";

/* global OpenSeadragon */
const SVG = "http://www.w3.org/2000/svg";
const UNIT = 1000;
const GAP = 14; // points between two pages, and around them
const ROOM = 78; // pixels that three handles of a finger need on one side of a figure
const LEAST = 4; // points: a smaller box is a click
const HANDLES = { nw: [0, 0], n: [.5, 0], ne: [1, 0], e: [1, .5], se: [1, 1], s: [.5, 1], sw: [0, 1], w: [0, .5] };

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const ordered = ([x0, y0, x1, y1]) => [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];

/** Where two ranges are nearest to each other: the middle of what they share, or the ends that face each other. */
function nearest(a0, a1, b0, b1) {
  if (a1 < b0) return [a1, b0];
  if (b1 < a0) return [a0, b1];
  const middle = (Math.max(a0, b0) + Math.min(a1, b1)) / 2;
  return [middle, middle];
}

const round = (box) => box.map((number) => Math.round(number * 100) / 100);

export class Sheet {
  /** `on` has select(id, together), box(id, box), drawn(page, box), picked(text), missed(), cut(id, axis, at). */
  constructor(element, on) {
    this.on = on;
    this.pages = [];
    this.mode = "";
    // OpenSeadragon adds no style of its own, which this page does not allow, where it finds one. This is none.
    const none = document.createElementNS("", "style");
    none.setAttribute("data-openseadragon-mobile-css", "");
    document.head.append(none);
    this.viewer = OpenSeadragon({
      element, drawer: "canvas", showNavigationControl: false, animationTime: 0.25, visibilityRatio: 0.3, maxZoomPixelRatio: 3,
      minZoomImageRatio: 0.5, minPixelRatio: 0.8, preserveViewport: true, gestureSettingsMouse: { clickToZoom: false }, gestureSettingsTouch: { dblClickToZoom: true },
    });
    this.viewer.innerTracker.keyHandler = null;
    this.viewer.innerTracker.keyDownHandler = null;
    this.layer = draw("g", {});
    this.svg = draw("svg", { class: "marks" }, this.layer);
    this.viewer.canvas.append(this.svg);
    this.viewer.addHandler("update-viewport", () => this.place());
    this.viewer.world.addHandler("add-item", () => this.fit()); // a second page comes after the first
    this.viewer.addHandler("resize", () => requestAnimationFrame(() => this.fit()));
    this.svg.addEventListener("pointerdown", (event) => this.press(event));
  }

  /** Put pages side by side; those already there stay as they are looked at. */
  show(pages) {
    const key = pages.map((page) => `${page.book}/${page.page}`).join();
    const same = key === this.key;
    this.key = key;
    let x = 0;
    this.pages = pages.map((page) => {
      const placed = { ...page, x };
      x += page.width + GAP;
      return placed;
    });
    if (same) return;
    this.viewer.world.removeAll();
    for (const page of this.pages.filter((one) => one.levels.length)) {
      const levels = page.levels.map(([width, height], level) => ({ url: pagePicture(page.book, page.page, level), width, height }));
      this.viewer.addTiledImage({ tileSource: { type: "legacy-image-pyramid", levels }, x: page.x / UNIT, width: page.width / UNIT });
    }
    this.fit();
  }

  /** The whole of the pages, or `box` of a page, as large as it fits. */
  fit(page, box) {
    if (!this.pages.length) return;
    const last = this.pages[this.pages.length - 1];
    let [x0, y0, x1, y1] = [-GAP, -GAP, last.x + last.width + GAP, Math.max(...this.pages.map((one) => one.height)) + GAP];
    if (box) {
      const margin = 0.12 * Math.max(box[2] - box[0], box[3] - box[1]);
      [x0, y0, x1, y1] = [page.x + box[0] - margin, box[1] - margin, page.x + box[2] + margin, box[3] + margin];
    }
    this.viewer.viewport.fitBounds(new OpenSeadragon.Rect(x0 / UNIT, y0 / UNIT, (x1 - x0) / UNIT, (y1 - y0) / UNIT), true);
    this.place();
  }

  /** Keep the drawing where the pages are. */
  place() {
    const { viewport } = this.viewer;
    const origin = viewport.pixelFromPoint(new OpenSeadragon.Point(0, 0), true);
    this.scale = viewport.deltaPixelsFromPoints(new OpenSeadragon.Point(1 / UNIT, 0), true).x;
    this.origin = origin;
    this.layer.setAttribute("transform", `translate(${origin.x} ${origin.y}) scale(${this.scale})`);
    this.svg.style.setProperty("--px", 1 / this.scale);
    this.noteRoom();
  }

  /** Draw `marks`: figures, texts and links. `mode` decides what a press does: "" selects. */
  mark({ figures, texts, links, cut }, mode) {
    this.mode = mode;
    this.marks = { figures, texts };
    this.svg.setAttribute("class", `marks ${mode}`);
    const nodes = links.map(({ from, to, selected }) => this.link(from, to, selected));
    for (const text of texts) nodes.push(this.rectangle(text, text.box, `text ${text.role}`));
    for (const figure of figures) {
      for (const box of figure.boxes) nodes.push(this.rectangle(figure, box, `figure ${figure.state}`));
      nodes.push(this.tag(figure));
    }
    const selected = figures.find((figure) => figure.selected && figure.boxes.length === 1);
    if (selected && !mode.match(/add|caption|description|split/)) nodes.push(...this.handles(selected));
    if (cut) nodes.push(this.cutLine(cut, "casing"), this.cutLine(cut, "cut"));
    if (mode.match(/add|caption|description|split/)) nodes.unshift(draw("rect", { class: "catcher", x: -1e5, y: -1e5, width: 2e5, height: 2e5 }));
    this.layer.replaceChildren(...nodes);
    this.noteRoom();
  }

  /** Say whether the chosen figure is too narrow or too low for handles between its corners. */
  noteRoom() {
    const selected = this.marks && this.marks.figures.find((figure) => figure.selected);
    const [x0, y0, x1, y1] = selected ? selected.boxes[0] : [0, 0, 0, 0];
    this.svg.classList.toggle("narrow", (x1 - x0) * this.scale < ROOM);
    this.svg.classList.toggle("low", (y1 - y0) * this.scale < ROOM);
  }

  rectangle(thing, box, classes) {
    const [x0, y0, x1, y1] = box;
    const names = `${classes} ${["selected", "together", "target"].filter((name) => thing[name]).join(" ")}`;
    const attributes = { class: names, x: this.x(thing) + x0, y: y0, width: x1 - x0, height: y1 - y0, "data-id": thing.id };
    return draw("rect", attributes, draw("title", {}, thing.label || ""));
  }

  tag(figure) {
    const [x0, y0] = figure.boxes[0];
    const name = figure.sign ? `${figure.tag} ${figure.sign}` : figure.tag;
    const text = draw("text", { x: this.x(figure) + x0, y: y0, class: `tag ${figure.state} ${figure.selected ? "selected" : ""}` });
    text.textContent = name;
    return text;
  }

  link(from, to, selected) {
    const [a, b] = [from, to].map(({ box, page }) => [box[0] + this.pages[page].x, box[1], box[2] + this.pages[page].x, box[3]]);
    const [x1, x2] = nearest(a[0], a[2], b[0], b[2]);
    const [y1, y2] = nearest(a[1], a[3], b[1], b[3]);
    return draw("line", { class: `link ${to.role} ${selected ? "selected" : ""}`, x1, y1, x2, y2 });
  }

  handles(figure) {
    const [x0, y0, x1, y1] = figure.boxes[0];
    const x = this.x(figure);
    return Object.entries(HANDLES).map(([name, [across, down]]) =>
      draw("circle", { class: `handle ${name}`, cx: x + x0 + across * (x1 - x0), cy: y0 + down * (y1 - y0), "data-handle": name, "data-id": figure.id }));
  }

  cutLine({ id, axis, at }, name) {
    const figure = this.marks.figures.find((one) => one.id === id);
    const [x0, y0, x1, y1] = figure.boxes[0];
    const x = this.x(figure);
    const across = axis === "x";
    const place = across ? x0 + at * (x1 - x0) : y0 + at * (y1 - y0);
    return draw("line", across ? { class: name, x1: x + place, x2: x + place, y1: y0, y2: y1 } : { class: name, x1: x + x0, x2: x + x1, y1: place, y2: place });
  }

  x(thing) { return this.pages[thing.page].x; }

  /** Where an event happened, in points of the world. */
  point(event) {
    const area = this.svg.getBoundingClientRect();
    return [(event.clientX - area.left - this.origin.x) / this.scale, (event.clientY - area.top - this.origin.y) / this.scale];
  }

  press(event) {
    if (event.button > 0) return;
    const { id, handle } = event.target.dataset;
    const figure = this.marks.figures.find((one) => one.id === id);
    if (this.mode === "split") this.cutAt(event);
    else if (this.mode === "add") this.drawBox(event);
    else if (this.mode === "caption" || this.mode === "description") this.drawBox(event, this.marks.texts.find((one) => one.id === id));
    else if (figure && this.mode === "merge") this.on.select(id, true); // also where there is no Shift
    else if (figure && figure.selected && !event.shiftKey && figure.boxes.length === 1) this.change(event, figure, handle);
    else if (figure) this.on.select(id, event.shiftKey);
    else return; // the page is dragged
    event.stopPropagation();
    event.preventDefault();
  }

  cutAt(event) {
    const figure = this.marks.figures.find((one) => one.selected);
    const [x, y] = this.point(event);
    const [x0, y0, x1, y1] = figure.boxes[0];
    const across = this.cutAxis === "x";
    const at = across ? (x - this.x(figure) - x0) / (x1 - x0) : (y - y0) / (y1 - y0);
    if (at > 0.02 && at < 0.98) this.on.cut(figure.id, at);
  }

  /** Follow the pointer until it is lifted; `end` gets whether it was moved. */
  follow(event, move, end) {
    const start = this.point(event);
    let moved = false;
    const step = (next) => {
      const [x, y] = this.point(next);
      moved = moved || Math.hypot(x - start[0], y - start[1]) > LEAST;
      if (moved) move([x - start[0], y - start[1]], [x, y]);
    };
    this.following = true;
    const stop = (last) => {
      this.following = false;
      this.svg.removeEventListener("pointermove", step);
      this.svg.removeEventListener("pointerup", stop);
      this.svg.removeEventListener("pointercancel", stop);
      end(moved && last.type === "pointerup");
    };
    this.svg.setPointerCapture(event.pointerId);
    this.svg.addEventListener("pointermove", step);
    this.svg.addEventListener("pointerup", stop);
    this.svg.addEventListener("pointercancel", stop);
  }

  change(event, figure, handle) {
    const old = figure.boxes[0];
    const page = this.pages[figure.page];
    const [across, down] = handle ? HANDLES[handle] : [null, null];
    const shape = [...this.layer.querySelectorAll("rect.figure")].find((rect) => rect.dataset.id === figure.id);
    let box = old;
    this.follow(event, ([dx, dy]) => {
      box = handle
        ? [old[0] + (across === 0 ? dx : 0), old[1] + (down === 0 ? dy : 0), old[2] + (across === 1 ? dx : 0), old[3] + (down === 1 ? dy : 0)]
        : [old[0] + dx, old[1] + dy, old[2] + dx, old[3] + dy];
      box = inside(ordered(box), page);
      size(shape, page.x, box);
    }, (moved) => (moved ? this.on.box(figure.id, round(box)) : this.on.select(figure.id, false)));
  }

  drawBox(event, text) {
    const [x, y] = this.point(event);
    const page = this.pages.find((one) => x >= one.x && x <= one.x + one.width) || this.pages[0];
    const shape = draw("rect", { class: "figure drawn" });
    let box = [x - page.x, y, x - page.x, y];
    this.layer.append(shape);
    this.follow(event, (_, [toX, toY]) => {
      box = inside(ordered([x - page.x, y, toX - page.x, toY]), page);
      size(shape, page.x, box);
    }, (moved) => {
      shape.remove();
      if (moved && box[2] - box[0] > LEAST && box[3] - box[1] > LEAST) this.on.drawn(this.pages.indexOf(page), round(box));
      else if (text) this.on.picked(text);
      else if (this.mode !== "add") this.on.missed();
    });
  }
}

function size(shape, x, [x0, y0, x1, y1]) {
  shape.setAttribute("x", x + x0);
  shape.setAttribute("y", y0);
  shape.setAttribute("width", x1 - x0);
  shape.setAttribute("height", y1 - y0);
}

export function inside([x0, y0, x1, y1], page) {
  return [Math.max(0, x0), Math.max(0, y0), Math.min(page.width, x1), Math.min(page.height, y1)];
}
