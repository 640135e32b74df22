"use strict";
/* Loads the chosen part of a large dataset, then the page itself. The choice lives in the address. */

const PARTS = window.TUWEN.parts;
const PART = Math.min(Math.max(1, Math.trunc(Number(new URLSearchParams(location.hash.slice(1)).get("part"))) || 1), PARTS.length || 1);

for (const name of [...(PARTS.length ? [PARTS[PART - 1].file] : []), "fold.js", "zoom.js", "taking.js", "viewer.js", "gallery.js"]) {
  const script = document.createElement("script");
  script.src = name;
  script.async = false; // one after another, in this order
  document.body.append(script);
}
