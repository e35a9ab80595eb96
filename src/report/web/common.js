"use strict";
// Shared by the pages. What a scan brings home is hostile until shown otherwise: it becomes text
// nodes and nothing else, isolated, with the characters that steer a display made visible.

const embedded = (id) => JSON.parse(document.getElementById(id).textContent);

const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const visible = (text) =>
  String(text).replace(STEERING, (c) => `\\u{${c.codePointAt(0).toString(16).padStart(4, "0")}}`);

// make("p", {class: "soft"}, "text", node, ...): strings become text.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Text from outside, with its own direction.
const outside = (text) => make("bdi", null, visible(text));

const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
const count = (number) => (number === null || number === undefined ? "–" : whole.format(number));
const several = (number, one, many) => `${count(number)} ${number === 1 ? one : many || `${one}s`}`;
const known = (value) => typeof value === "number" && Number.isFinite(value);

// Three significant digits, without an exponent, and not finer than `most` decimals.
function digits(number, most = 6) {
  if (!known(number)) return "–";
  if (number === 0) return "0";
  const decimals = Math.min(most, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number)))));
  return number.toLocaleString("en", {minimumFractionDigits: decimals, maximumFractionDigits: decimals});
}

function duration(ms) {
  if (!known(ms)) return "–";
  if (ms < 1000) return `${digits(ms)} ms`;
  if (ms < 60000) return `${digits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const milliseconds = (us) => (known(us) ? digits(us / 1000, 3) : "–");
const percent = (share) => {
  if (!known(share)) return "–";
  // Never rounded up to "all of it": 0.99999 is not 100 %.
  const shown = share < 1 ? Math.min(Math.floor(share * 10000) / 100, 99.99) : Math.round(share * 10000) / 100;
  return `${shown.toLocaleString("en", {maximumFractionDigits: 2})} %`;
};
const moment = (rfc3339) => String(rfc3339).replace("T", " ").replace(/\.\d+Z$/, " UTC").replace(/Z$/, " UTC");

function pairs(rows, caption) {
  return make("div", {class: "scroll"}, make("table", {class: "pairs", "aria-label": caption},
    make("tbody", null, rows.map(([key, value, help]) =>
      make("tr", null, make("th", {scope: "row"}, key),
        make("td", null, value, help ? make("div", {class: "soft small"}, help) : null))))));
}

function note(kind, title, ...children) {
  return make("div", {class: `note ${kind}`, role: "note"}, make("p", null, title), ...children);
}

function section(id, title, ...children) {
  return make("section", {id, "aria-labelledby": `${id}-title`}, make("h2", {id: `${id}-title`}, title), ...children);
}

// A plain table of a few rows. Columns: [title, numeric].
function plainTable(caption, columns, rows, attributes) {
  return make("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption, ...attributes},
    make("table", null, make("thead", null, make("tr", null,
      columns.map(([title, numeric]) => make("th", {scope: "col", class: numeric && "number"}, title)))),
    make("tbody", null, rows.map((row) => make("tr", null,
      row.map((value, i) => make("td", {class: columns[i][1] && "number"}, value)))))));
}

function links(main) {
  const found = [...main.querySelectorAll("section[id]")];
  return make("nav", {"aria-label": "On this page"}, found.map((part) =>
    make("a", {href: `#${part.id}`}, part.querySelector("h2").textContent)));
}

const collator = new Intl.Collator("en", {numeric: true});

// Row numbers in the order of a column; rows without a value stay last either way.
function sorted(rows, column, descending) {
  const values = new Map(Array.from(rows, (row) => [row, column.value(row)]));
  const sign = descending ? -1 : 1;
  let compare = (a, b) => a - b;
  if ([...values.values()].some((value) => typeof value === "string")) {
    // Compare each distinct text once, not once a row.
    const distinct = [...new Set(values.values())].filter((value) => typeof value === "string").sort(collator.compare);
    const rank = new Map(distinct.map((value, i) => [value, i]));
    compare = (a, b) => rank.get(a) - rank.get(b);
  }
  const absent = (value) => value === null || value === undefined || value === "";
  return Array.from(rows).sort((a, b) => {
    const x = values.get(a), y = values.get(b);
    if (absent(x) || absent(y)) return absent(x) - absent(y) || a - b;
    return sign * compare(x, y) || a - b;
  });
}

const PRINTED_ROWS = 500;

// A table that shows a page of its rows. columns: {title, value(row), show(row), numeric, help};
// rows are numbers from 0 to total - 1; those that `marked` picks stand out.
// Returns {element, filter(test), sortBy(column, descending)}.
function dataTable({id, caption, columns, total, noun, pageSize = 100, marked = () => false}) {
  let kept = Array.from({length: total}, (_, i) => i);
  let test = null, order = null, descending = false, first = 0, size = pageSize;

  const heads = columns.map((column, i) => make("th",
    {scope: "col", class: column.numeric && "number", title: column.help, "data-column": column.title},
    make("button", {type: "button", onclick: () => sortBy(i, order === i && !descending)}, column.title)));
  const body = make("tbody");
  const told = make("span", {class: "told", role: "status", "aria-live": "polite"});
  const step = (label, target) => make("button", {type: "button", onclick: () => { first = target(); show(); }}, label);
  const last = () => Math.max(0, Math.floor((kept.length - 1) / size) * size);
  const start = step("First", () => 0), back = step("Previous", () => Math.max(0, first - size));
  const next = step("Next", () => first + size), end = step("Last", last);
  const sizes = make("select", {onchange: () => { size = Number(sizes.value); first = 0; show(); }},
    [50, 100, 500, 1000].map((n) => make("option", {value: n, selected: n === size}, String(n))));
  const pager = make("div", {class: "pager"}, told, start, back, next, end, make("label", null, "Rows a page ", sizes));

  function rows(from, to) {
    body.replaceChildren(...kept.slice(from, to).map((row) => make("tr", {"data-row": row, class: marked(row) && "marked"},
      columns.map((column) => make("td", {class: column.numeric && "number"}, column.show(row))))));
  }
  function show() {
    rows(first, first + size);
    const many = kept.length > 0 ? `${count(first + 1)} to ${count(Math.min(first + size, kept.length))} of ` : "";
    const of = kept.length < total ? ` (of ${count(total)} in all)` : "";
    told.textContent = `${many}${several(kept.length, noun)}${of}`;
    start.disabled = back.disabled = first === 0;
    next.disabled = end.disabled = first + size >= kept.length;
    heads.forEach((head, i) => {
      if (i === order) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }
  function update() {
    kept = Array.from({length: total}, (_, i) => i);
    if (test) kept = kept.filter(test);
    if (order !== null) kept = sorted(kept, columns[order], descending);
    first = 0;
    show();
  }
  function sortBy(column, down) { order = column; descending = down; update(); }
  // On paper there is no next page to press.
  addEventListener("beforeprint", () => { rows(0, PRINTED_ROWS);
    if (kept.length > PRINTED_ROWS) told.textContent = `The first ${count(PRINTED_ROWS)} of ${several(kept.length, noun)}`;
    else told.textContent = several(kept.length, noun); });
  addEventListener("afterprint", show);

  show();
  const few = total <= 50;
  const element = make("div", {id, class: "data-table"}, few ? null : pager,
    make("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
      make("table", null, make("thead", null, make("tr", null, heads)), body)));
  return {element, filter(by) { test = by; update(); }, sortBy, get kept() { return kept; }};
}

// "22, 80-443" as a test of a port; null: not understood.
function portTest(text) {
  const ranges = [];
  for (const part of text.split(",").map((one) => one.trim()).filter(Boolean)) {
    const match = part.match(/^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/);
    if (!match) return null;
    ranges.push([Number(match[1]), Number(match[2] ?? match[1])]);
  }
  return (port) => ranges.length === 0 || ranges.some(([from, to]) => port >= from && port <= to);
}

// On paper every closed chapter is open.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.open = true;
    details.dataset.printing = "";
  }
});
addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-printing]")) {
    details.open = false;
    delete details.dataset.printing;
  }
});
