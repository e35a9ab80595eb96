"use strict";
// Charts: drawn by Observable Plot to the width there is, each with a description for those who
// cannot see it and its numbers in a table.

const SERIES = ["--s1", "--s2", "--s3", "--s4", "--s5", "--s6", "--s7", "--s8"].map((name) => `var(${name})`);
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye", "circle"];
const FRAME = {style: {background: "none", color: "inherit", fontFamily: "inherit", fontSize: "12px", overflow: "visible"}};

// chart({id, caption, label, draw(width) -> options of Plot.plot, columns, rows}): a figure.
function chart({id, caption, label, draw, columns, rows, legend}) {
  const place = make("div", {class: "chart", role: "img", "aria-label": label});
  const figure = make("figure", {id}, make("figcaption", null, caption), legend || null, place,
    make("details", null, make("summary", null, "The numbers of this chart"), plainTable(`${label}: numbers`, columns, rows)));
  let drawn = 0;
  function redraw() {
    const width = Math.round(place.clientWidth);
    if (width < 50 || width === drawn) return;
    drawn = width;
    const svg = Plot.plot({width, ...FRAME, ...draw(width)});
    svg.setAttribute("aria-hidden", "true"); // the place says it in words
    place.replaceChildren(svg);
  }
  new ResizeObserver(() => requestAnimationFrame(redraw)).observe(place);
  return {figure, redraw};
}

// Figures can be drawn once they are in the page and have a width.
const pending = [];
function placed(one) {
  pending.push(one.redraw);
  return one.figure;
}

// The page: its header, its sections (of which some may not be there), and who wrote it.
function assemble(tool, header, sections) {
  const main = document.getElementById("page");
  main.append(header, ...sections.filter(Boolean),
    make("footer", null, `Written by ${visible(tool.name)} ${visible(tool.version)}. This page holds all of its data and asks the network for nothing.`));
  header.append(links(main));
  for (const redraw of pending) redraw();
  document.documentElement.dataset.ready = "";
}

// The swatches of a legend. series: [{name, color, symbol}]
const SHAPES = {
  circle: "M11,6A5,5 0 1 1 1,6A5,5 0 1 1 11,6Z", square: "M2,2H10V10H2Z", triangle: "M6,1L11,10H1Z",
  diamond: "M6,0L10.5,6L6,12L1.5,6Z", star: "M6,0L7.5,4.4H12L8.4,7.1L9.7,11.5L6,8.8L2.3,11.5L3.6,7.1L0,4.4H4.5Z",
  cross: "M4,1H8V4H11V8H8V11H4V8H1V4H4Z", wye: "M4,6L1,2L4,0L6,3L8,0L11,2L8,6V12H4Z",
};
function legend(series) {
  const drawing = "http://www.w3.org/2000/svg";
  return make("ul", {class: "legend"}, series.map(({name, color, symbol}) => {
    const svg = document.createElementNS(drawing, "svg");
    const path = document.createElementNS(drawing, "path");
    svg.setAttribute("width", "12");
    svg.setAttribute("height", "12");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", SHAPES[symbol]);
    path.style.fill = color;
    svg.append(path);
    return make("li", null, svg, outside(name));
  }));
}

// Bounds of bins, equal on a logarithmic axis, that hold all of the values (above 0).
function logBins(values, perDecade) {
  const [least, most] = extent(values);
  let low = Math.floor(Math.log10(least) * perDecade), high = Math.floor(Math.log10(most) * perDecade) + 1;
  // One value, or nearly: show it as a bar among empty bins, not as a wall.
  while (high - low < perDecade) { low--; high++; }
  const bins = [];
  for (let i = low; i < high; i++) bins.push({low: 10 ** (i / perDecade), high: 10 ** ((i + 1) / perDecade), count: 0});
  for (const value of values) {
    const bin = Math.floor(Math.log10(value) * perDecade) - low;
    bins[Math.min(Math.max(bin, 0), bins.length - 1)].count++;
  }
  return bins;
}
function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

// Ticks of a logarithmic axis: 1, 2, 5 of every decade, fewer where the axis is long or narrow.
function logTicks(low, high, width) {
  const decades = Math.log10(high / low);
  const steps = decades * 70 > width / 2 ? [1] : decades > 3 || width < 420 ? [1, 3] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  return ticks;
}
const plainNumber = (number) => number.toLocaleString("en", {maximumSignificantDigits: 3});
