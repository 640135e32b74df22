/* Making elements. All text from books goes in as text, never as markup. */

/** An element with a class; children may be elements or strings, empty ones are left out. */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function button(label, key, action, className = "") {
  const element = make("button", className, make("span", "", label), key ? make("kbd", "", key) : null);
  element.type = "button";
  element.addEventListener("click", action);
  return element;
}

export function option(value, label) {
  const element = make("option", "", label);
  element.value = value;
  return element;
}

export function confidence(value) {
  if (value === null || value === undefined) return null;
  return make("span", `conf ${value < 0.5 ? "low" : value < 0.8 ? "mid" : "high"}`, value.toFixed(2));
}

export function picture(source, label) {
  const image = make("img");
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = label;
  image.src = source;
  return image;
}

export const byId = (id) => document.getElementById(id);
