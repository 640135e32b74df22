"use strict";
/* A picture or a page made larger in its frame: by the wheel, + and -, or a double click; moved by dragging. */

const STEP = 1.25;
const LARGEST = 12;

/** Make the content of `frame` zoomable; returns functions that zoom by a factor and go back. */
function zoomable(frame) {
  let scale = 1;
  let [x, y] = [0, 0];
  let held = null;

  function draw() {
    const inner = frame.firstElementChild;
    if (!inner) return;
    inner.style.transformOrigin = "0 0";
    inner.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    frame.classList.toggle("zoomed", scale !== 1);
  }

  function by(factor, clientX, clientY) {
    const box = frame.getBoundingClientRect();
    const inner = frame.firstElementChild;
    if (!inner) return;
    const next = Math.min(LARGEST, Math.max(1, scale * factor));
    const px = (clientX ?? box.left + box.width / 2) - box.left - inner.offsetLeft;
    const py = (clientY ?? box.top + box.height / 2) - box.top - inner.offsetTop;
    x = px - ((px - x) * next) / scale;
    y = py - ((py - y) * next) / scale;
    scale = next;
    if (scale === 1) [x, y] = [0, 0];
    draw();
  }

  function back() {
    scale = 1;
    [x, y] = [0, 0];
    draw();
  }

  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    by(event.deltaY < 0 ? STEP : 1 / STEP, event.clientX, event.clientY);
  }, { passive: false });
  frame.addEventListener("dblclick", (event) => (scale === 1 ? by(3, event.clientX, event.clientY) : back()));
  frame.addEventListener("pointerdown", (event) => {
    if (scale === 1) return;
    held = [event.clientX - x, event.clientY - y];
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!held) return;
    [x, y] = [event.clientX - held[0], event.clientY - held[1]];
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => { held = null; });
  return { by, back };
}
