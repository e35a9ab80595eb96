"use strict";
// The page of a history: how many ports were open run after run, which ones, and how fast the runs were.
// Rows are packed: {letter, length in base 36} for each stretch of runs in which a port's state was the
// same. In runs that asked only some of the ports a stretch goes on; which ports they did not ask stands in a mask.
{
const {tool, profile, written, median_s: usual, runs: packed, rows: hostRows, masks, left_out: leftOut, changes, older_changes: older} = embedded("data");
const STATES = {o: "open", c: "closed", s: "silent", n: "not known", u: "closed or silent", p: "silent, perhaps open"};
const MEANINGS = {
  open: "A program on the host accepted connections on this port.",
  closed: "The host itself answered that nothing listens there.",
  silent: "No usable answer: a firewall dropped or refused the question, the host was off, or the packets were lost.",
  "silent, perhaps open": "Silent, and so may be ports of this host that are open: it is not known to have closed.",
  "closed or silent": "Not open; which of the two it was had not been kept.",
  "not known": "Not asked: the run ended before, gave the host up, or its profile did not hold this port. Or the machine failed to ask.",
};
const NONE = "n";

const at = [];
packed.at.reduce((before, step, i) => (at[i] = before + step), 0);
const n = at.length, isComplete = (i) => packed.complete[i] === "1";
const day = (s) => new Date(s * 1000).toISOString().slice(0, 16).replace("T", " ");
// How far apart runs are, told as people would.
const roughly = (s) => (s < 5400 ? several(Math.round(s / 60), "minute") : s < 129600 ? several(Math.round(s / 3600), "hour") : several(Math.round(s / 86400), "day"));
const when = (run) => make("span", {class: "when"}, day(at[run]));
const last = (list) => list[list.length - 1];
const lastComplete = [...at.keys()].reverse().find(isComplete);

// Where on the axis of time a run stands: to the next one, but no longer than runs usually are apart.
const isGap = (from, to) => usual > 0 && to - from > 1.5 * usual;
const ends = at.map((from, i) => {
  const next = i + 1 < n ? at[i + 1] : Infinity;
  return next === Infinity || isGap(from, next) ? from + (usual || 86400) : next;
});
const gaps = [];
at.forEach((from, i) => {
  const next = i + 1 < n ? at[i + 1] : written;
  if (isGap(from, next)) gaps.push({from: ends[i], to: next, missing: Math.max(1, Math.round((next - from) / usual) - 1), after: i});
});
const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);

// The rows: everything that is told of one, once.
const bits = new Map(Object.entries(masks).map(([run, text]) => {
  const bytes = atob(text);
  return [Number(run), (row) => bytes.charCodeAt(row >> 3) >> (row & 7) & 1];
}));
const rows = [];
for (const [host, ip, ports] of hostRows)
  for (const [port, service, code] of ports) rows.push({number: rows.length, host, ip, port, service: service || "", code});

const STRETCH = /([a-z])([0-9A-Z]*)/g;
// The stretches of a row: [letter, first run, run after the last]; runs that did not ask cut them.
function stretches({code, number}) {
  const unasked = [...bits].filter(([, has]) => has(number)).map(([run]) => run).sort((a, b) => a - b);
  const list = [];
  const add = (letter, from, to) => {
    const before = last(list);
    if (from >= to) return;
    if (before && before[0] === letter) before[2] = to;
    else list.push([letter, from, to]);
  };
  let from = 0, next = 0;
  for (const [, letter, length] of code.matchAll(STRETCH)) {
    const to = from + (length === "" ? 1 : parseInt(length, 36));
    for (; next < unasked.length && unasked[next] < to; next++) {
      add(letter, from, unasked[next]);
      add(NONE, unasked[next], unasked[next] + 1);
      from = unasked[next] + 1;
    }
    add(letter, from, to);
    from = to;
  }
  return list;
}

// When it was open: first, last (runs), how often, of how many; and when it last became another.
function weigh(row) {
  let first = null, newest = null, open = 0, asked = 0, changed = null, turns = 0, before = null, now = NONE;
  for (const [letter, from, to] of stretches(row)) {
    if (letter === NONE) continue;
    asked += to - from;
    if (letter === "o") {
      first ??= from;
      newest = to - 1;
      open += to - from;
    }
    if (before !== null && (before === "o") !== (letter === "o")) { changed = from; turns++; }
    before = now = letter;
  }
  return Object.assign(row, {first, newest, open, asked, changed, turns, now});
}
rows.forEach(weigh);

function top() {
  const text = n === 0 ? "No run is kept yet." :
    `${several(n, "run")} from ${day(at[0]).slice(0, 10)} to ${day(last(at)).slice(0, 10)}` +
    `${lastComplete === undefined ? "; none went to its end" : `: ${several(packed.open[lastComplete], "open port")} in the last complete one`}.`;
  const late = gaps.length > 0 && last(gaps).after === n - 1;
  return make("header", null,
    make("h1", null, "Port history: ", outside(profile), late ? make("span", {class: "badge bad", id: "badge"}, "OVERDUE") : null),
    make("p", {class: "lead"}, text),
    make("p", {class: "soft small"}, `Written ${day(written)} UTC.`));
}

const stateWord = (letter) => make("span", {class: `state track-${letter}`}, STATES[letter]);

function summary() {
  const incomplete = n - [...at.keys()].filter(isComplete).length;
  const notes = [];
  if (gaps.length > 0 && last(gaps).after === n - 1)
    notes.push(note("bad", "The next run is overdue", make("p", null,
      `The last one began ${day(last(at))} UTC, ${roughly(written - last(at))} before this page was written; runs are usually ${roughly(usual)} apart.`)));
  if (lastComplete !== undefined && lastComplete < n - 1)
    notes.push(note("care", `The last ${n - 1 - lastComplete > 1 ? `${count(n - 1 - lastComplete)} runs were` : "run was"} incomplete`,
      make("p", null, `The last one that went to its end began ${day(at[lastComplete])} UTC.`)));
  const cards = [[n, "runs"], [incomplete, "of them incomplete"], [missing, "nights or times missed"], [lastComplete === undefined ? null : packed.open[lastComplete], "ports open now"],
    [rows.length + leftOut, "ports ever open"], [changes.length + older, "changes"]];
  return section("summary", "Summary", ...notes,
    make("ul", {class: "cards"}, cards.map(([number, text]) => make("li", null, make("b", null, count(number)), make("span", null, text)))),
    make("details", null, make("summary", null, "What the states mean"),
      make("dl", null, Object.entries(MEANINGS).flatMap(([name, text]) => [make("dt", null, name), make("dd", null, text)]))));
}

function changeTable() {
  if (changes.length === 0) return section("changes", "Changes", make("p", null, "No port is known to have opened or closed."));
  // The newest are asked for first.
  const list = changes.slice().reverse();
  const table = dataTable({id: "change-table", caption: "Changes", total: list.length, noun: "change", pageSize: 50, columns: [
    {title: "Run (UTC)", value: (i) => list[i][0], show: (i) => when(list[i][0])},
    {title: "Change", value: (i) => list[i][1], show: (i) => make("span", {class: "state"}, list[i][1])},
    {title: "Host", value: (i) => list[i][2], show: (i) => outside(list[i][2])},
    {title: "Port", numeric: true, value: (i) => list[i][3], show: (i) => (list[i][3] === 0 ? "–" : String(list[i][3]))},
  ]});
  return section("changes", "Changes", make("p", {class: "soft"}, `Each against the last complete run before it.${older > 0 ? ` ${several(older, "older change has", "older changes have")} no room here.` : ""}`), table.element);
}

// So many runs to a mark that none is narrower than three pixels; marks end at gaps.
function bins(width, values) {
  const size = Math.max(1, Math.ceil(n * 3 / Math.max(width, 100)));
  const list = [];
  for (let i = 0, bin = null; i < n; i++) {
    if (values[i] === null) continue;
    if (bin === null || i - bin.first >= size || gaps.some((gap) => gap.after >= bin.last && gap.after < i)) {
      bin = {from: new Date(at[i] * 1000), first: i, low: Infinity, high: -Infinity, runs: 0};
      list.push(bin);
    }
    Object.assign(bin, {to: new Date(ends[i] * 1000), last: i, value: values[i], runs: bin.runs + 1,
      low: Math.min(bin.low, values[i]), high: Math.max(bin.high, values[i])});
  }
  return list;
}

// The numbers of a chart: a line a run, or for as many runs together as make a hundred lines. The table of
// runs has them all.
const LINES = 100;
function lines(...series) {
  const size = Math.ceil(n / LINES);
  const range = (values) => {
    const [low, high] = extent(values);
    return values.length === 0 ? "–" : low === high ? count(low) : `${count(low)} to ${count(high)}`;
  };
  return Array.from({length: Math.ceil(n / size)}, (_, i) => {
    const part = [i * size, (i + 1) * size];
    return [day(at[part[0]]), count(Math.min(n, part[1]) - part[0]), ...series.map((values) => range(values.slice(...part).filter(known)))];
  });
}

const told = (bin) => `${day(bin.from / 1000)}${bin.runs > 1 ? ` and ${bin.runs - 1} more` : ""}: `;
const between = (bin, unit) => told(bin) + (bin.low === bin.high ? count(bin.low) : `${count(bin.low)} to ${count(bin.high)}`) + unit;
// A night among thousands is less than a pixel: it is drawn two wide.
const missed = (low, high, width) => Plot.rectY(gaps, {x1: (gap) => new Date(gap.from * 1000),
  x2: (gap) => new Date(Math.max(gap.to, gap.from + 2 * (last(ends) - at[0]) / width) * 1000), y1: low, y2: high,
  fill: "var(--bad)", fillOpacity: .18, className: "gaps", title: (gap) => `${several(gap.missing, "run")} missing after ${day(at[gap.after])}`});
const timeAxis = () => ({type: "utc", domain: [new Date(at[0] * 1000), new Date(Math.max(last(ends), gaps.length > 0 ? last(gaps).to : 0) * 1000)], label: null});
const gapLegend = gaps.length > 0 ? [{name: "a run is missing", color: "var(--bad)", symbol: "square"}] : [];

function openChart() {
  const whole = packed.open.map((value, i) => (isComplete(i) ? value : null)), part = packed.open.map((value, i) => (isComplete(i) ? null : value));
  const [least, most] = extent(packed.open);
  // Two ports more of two thousand would not be seen from zero.
  const low = least < most / 2 ? 0 : Math.max(0, least - Math.max(1, (most - least) / 4)), high = most + Math.max(1, (most - least) / 8);
  return section("open", "Open ports", placed(chart({
    id: "open-chart",
    label: `Chart of ${several(n, "run")}: between ${count(least)} and ${count(most)} open ports, ${count(last(packed.open))} in the last`,
    caption: `How many ports were open, run after run${low > 0 ? "; the axis does not begin at zero" : ""}.` +
      (part.some(known) ? " The dots are incomplete runs, which saw only some of the ports." : ""),
    legend: legend([{name: "complete runs", color: SERIES[0], symbol: "square"},
      ...(part.some(known) ? [{name: "incomplete runs", color: SERIES[1], symbol: "circle"}] : []), ...gapLegend]),
    draw: (width) => {
      const list = bins(width, whole), risers = [];
      list.forEach((bin, i) => {
        const before = list[i - 1];
        const joined = before && !gaps.some((gap) => gap.after >= before.last && gap.after < bin.first);
        risers.push({x: bin.from, y1: Math.min(bin.low, joined ? before.value : bin.low), y2: Math.max(bin.high, joined ? before.value : bin.high)});
      });
      return {
        height: 280, marginLeft: 56, x: timeAxis(),
        y: {domain: [low, high], label: "open ports", grid: true, labelArrow: "none", ticks: Math.min(5, Math.ceil(high - low)), tickFormat: plainNumber},
        marks: [missed(low, high, width),
          Plot.link(risers.filter(({y1, y2}) => y2 > y1), {x1: "x", x2: "x", y1: "y1", y2: "y2", stroke: SERIES[0], strokeWidth: 1.5, className: "risers"}),
          Plot.link(list, {x1: "from", x2: "to", y1: "value", y2: "value", stroke: SERIES[0], strokeWidth: 2.5, className: "open", title: (bin) => between(bin, " open")}),
          Plot.dot(bins(width, part), {x: "from", y: "value", r: 2.5, fill: SERIES[1], className: "incomplete", title: (bin) => between(bin, " open, incomplete")}),
          ...(low === 0 ? [Plot.ruleY([0])] : [])],
      };
    },
    columns: [["From (UTC)", false], ["Runs", true], ["Open ports, complete runs", true], ["Incomplete runs", true]],
    rows: lines(whole, part),
  })));
}

function speedChart() {
  const {speed, limit} = packed, limited = limit.some(known);
  const most = Math.max(1, ...speed.filter(known), ...limit.filter(known));
  return section("speed", "Speed and limit", placed(chart({
    id: "speed-chart",
    label: `Chart of ${several(n, "run")}: at most ${count(Math.max(0, ...speed.filter(known)))} probes a second; ` +
      (limited ? `the limit that was found last is ${count(last(limit.filter(known)))} attempts a second` : "no limit was found"),
    caption: "How fast the runs were, and the limit on attempts a second that they found, where they found one.",
    legend: legend([{name: "probes a second", color: SERIES[0], symbol: "square"},
      ...(limited ? [{name: "limit: attempts a second", color: SERIES[1], symbol: "cross"}] : []), ...gapLegend]),
    draw: (width) => ({
      height: 240, marginLeft: 62, x: timeAxis(),
      y: {domain: [0, most], label: "a second", grid: true, labelArrow: "none", ticks: 5, tickFormat: plainNumber},
      marks: [missed(0, most, width),
        // From the axis, both: with a height alone Plot stacks runs that began at once.
        Plot.rectY(bins(width, speed), {x1: "from", x2: "to", y1: 0, y2: "high", fill: SERIES[0], fillOpacity: .35, className: "fastest"}),
        Plot.rectY(bins(width, speed), {x1: "from", x2: "to", y1: 0, y2: "low", fill: SERIES[0], fillOpacity: .6, className: "slowest", title: (bin) => between(bin, " probes a second")}),
        Plot.link(bins(width, limit), {x1: "from", x2: "to", y1: "value", y2: "value", stroke: SERIES[1], strokeWidth: 2.5, className: "limit",
          title: (bin) => between(bin, " attempts a second at most")}),
        Plot.ruleY([0])],
    }),
    columns: [["From (UTC)", false], ["Runs", true], ["Probes a second", true], ["Limit (attempts a second)", true]],
    rows: lines(speed, limit),
  })));
}

// A track: the runs of a window from left to right, a thousand units of time wide. What is told by the
// colour is told by the height as well.
const DRAWING = "http://www.w3.org/2000/svg";
const WIDE = 1000, TALL = 16, LEAST = 2;
const HEIGHTS = {o: 14, s: 8, p: 11, u: 5, c: 3, i: 8, m: 14};

function track(list, view) {
  const span = view.to - view.from;
  const place = (s) => Math.max(0, Math.min(WIDE, (s - view.from) / span * WIDE));
  const paths = {}, narrow = {};
  for (const [kind, from, to] of list) {
    const x = place(from), width = place(to) - x;
    if (to <= view.from || from >= view.to || !(kind in HEIGHTS)) continue;
    // What would be too narrow to see is drawn wider, and above the rest.
    const put = width < LEAST ? narrow : paths, wide = Math.max(width, LEAST), height = HEIGHTS[kind];
    put[kind] = (put[kind] || "") + `M${Math.min(x, WIDE - wide).toFixed(1)} ${TALL - 1 - height}h${wide.toFixed(1)}v${height}h-${wide.toFixed(1)}z`;
  }
  const svg = document.createElementNS(DRAWING, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${TALL}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const one of [paths, narrow])
    for (const [kind, d] of Object.entries(one)) {
      const path = document.createElementNS(DRAWING, "path");
      path.setAttribute("d", d);
      path.setAttribute("class", `track-${kind}`);
      svg.append(path);
    }
  return svg;
}

// Stretches of runs as stretches of time, each cut where runs are missing.
function inTime(list) {
  const parts = [];
  for (const [letter, from, to] of list) {
    let start = from;
    for (const gap of gaps) {
      if (gap.after < start || gap.after >= to - 1) continue;
      parts.push([letter, at[start], ends[gap.after]]);
      start = gap.after + 1;
    }
    parts.push([letter, at[start], ends[to - 1]]);
  }
  return parts;
}

function runTrack(view) {
  const list = [];
  for (let i = 0; i < n; i++) {
    const kind = isComplete(i) ? "c" : "i", before = last(list);
    if (before && before[0] === kind && before[2] === i) before[2] = i + 1;
    else list.push([kind, i, i + 1]);
  }
  return track([...inTime(list), ...gaps.map((gap) => ["m", gap.from, gap.to])], view);
}

// Dates above the tracks, as many as there is room for.
function dates(view) {
  const ticks = 5, span = view.to - view.from;
  return make("div", {class: "dates", "aria-hidden": "true"}, Array.from({length: ticks}, (_, i) => {
    const s = view.from + span * i / (ticks - 1);
    const text = span < 3 * 86400 ? day(s).slice(5) : day(s).slice(0, 10);
    return make("span", {class: i % 2 === 1 ? "between" : null}, text);
  }));
}

function matrix() {
  if (rows.length === 0) return section("matrix", "Ports by runs", make("p", null, "No port was ever seen open, so there is nothing to lay out here."));
  const search = make("input", {type: "search", id: "search", placeholder: "part of a name or address", autocomplete: "off", spellcheck: "false"});
  const ports = make("input", {type: "text", id: "ports", placeholder: "22, 80-443", autocomplete: "off", size: 14});
  const choose = (id, list) => make("select", {id}, list.map(([value, text]) => make("option", {value}, text)));
  const changing = rows.filter((row) => row.turns > 0).length;
  const which = choose("which", [["all", `all ${count(rows.length)}`], ["changed", `the ${count(changing)} that opened or closed`], ["now", "open now"], ["gone", "not open now"]]);
  const order = choose("order", [["host", "by host and port"], ["changed", "last changed first"], ["turns", "most changes first"], ["first", "newest first"]]);
  const spans = [[0, "all runs"], ...[30, 90, 365, 1000].filter((size) => size < n).map((size) => [size, `${count(size)} runs`])];
  const span = choose("span", spans);
  const body = make("tbody"), head = make("tr"), told = make("span", {class: "told", role: "status", "aria-live": "polite"});
  const here = make("p", {class: "soft small here", id: "here"}, "Point at a track to read what is there.");
  const SIZE = 50;
  let kept = [], first = 0, until = n;

  const view = () => {
    const size = Number(span.value) || n, from = Math.max(0, until - size);
    return {first: from, last: Math.min(n, from + size) - 1, from: at[from],
      to: until === n && gaps.length > 0 && last(gaps).after === n - 1 ? last(gaps).to : ends[Math.min(n, from + size) - 1]};
  };
  function runAt(s) {
    let low = 0, high = n - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (at[middle] <= s) low = middle; else high = middle - 1;
    }
    return s < ends[low] ? low : null;
  }
  function point(event, row, shown) {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1); // a pixel may lie half outside
    const s = shown.from + share * (shown.to - shown.from), run = runAt(s);
    const name = row === null ? "" : `${row.host} ${row.port}: `;
    const found = run === null || row === null ? null : stretches(row).find(([, from, to]) => run >= from && run < to);
    here.textContent = visible(name + (run === null ? `${day(s)} UTC: no run` :
      `${day(at[run])} UTC${found ? `: ${STATES[found[0]]}` : ""}${isComplete(run) ? "" : ", incomplete run"}`));
  }
  function draw() {
    const shown = view();
    head.replaceChildren(make("th", {scope: "col"}, "Host and port"), make("th", {scope: "col"}, dates(shown)));
    const line = (label, drawing, row, words) => make("tr", row && {"data-row": row.number}, make("th", {scope: "row"}, label),
      make("td", {role: "img", "aria-label": words, onmousemove: (event) => point(event, row, shown)}, drawing));
    body.replaceChildren(line("Runs", runTrack(shown), null, `${several(shown.last - shown.first + 1, "run")}, from ${day(shown.from)}`),
      ...kept.slice(first, first + SIZE).map((number) => {
        const row = rows[number];
        return line(make("div", {class: "port"}, make("span", null, outside(row.host)), make("b", null, String(row.port)),
          row.service ? make("small", null, outside(row.service)) : null),
          track(inTime(stretches(row)), shown), row,
          visible(`${row.host} ${row.port}: ${STATES[row.now]}, open in ${count(row.open)} of ${several(row.asked, "run")}`));
      }));
    told.textContent = kept.length === 0 ? "No port is like that" :
      `${count(first + 1)} to ${count(Math.min(first + SIZE, kept.length))} of ${several(kept.length, "port")}${kept.length < rows.length ? ` (of ${count(rows.length)} in all)` : ""}`;
    back.disabled = first === 0;
    next.disabled = first + SIZE >= kept.length;
    earlier.disabled = shown.first === 0;
    later.disabled = shown.last === n - 1;
  }
  const orders = {
    host: () => 0, changed: (a, b) => (b.changed ?? -1) - (a.changed ?? -1),
    turns: (a, b) => b.turns - a.turns, first: (a, b) => (b.first ?? -1) - (a.first ?? -1),
  };
  const wanted = {all: () => true, changed: (row) => row.turns > 0, now: (row) => row.now === "o", gone: (row) => row.now !== "o"};
  function apply() {
    const words = search.value.trim().toLowerCase(), allowed = portTest(ports.value);
    ports.setAttribute("aria-invalid", allowed === null ? "true" : "false");
    kept = rows.filter((row) => wanted[which.value](row) && (allowed === null || allowed(row.port)) &&
      (words === "" || `${row.host}\n${row.ip}\n${row.service}`.toLowerCase().includes(words)));
    if (order.value !== "host") kept.sort((a, b) => orders[order.value](a, b) || a.number - b.number);
    kept = kept.map((row) => row.number);
    first = 0;
    draw();
  }
  let timer = 0;
  const soon = () => { clearTimeout(timer); timer = setTimeout(apply, 120); };
  for (const field of [search, ports]) field.addEventListener("input", soon);
  for (const field of [which, order]) field.addEventListener("change", apply);
  span.addEventListener("change", () => { until = n; draw(); });
  const button = (text, act) => make("button", {type: "button", onclick: () => { act(); draw(); }}, text);
  const back = button("Previous", () => { first = Math.max(0, first - SIZE); }), next = button("Next", () => { first += SIZE; });
  const shift = (by) => { const size = Number(span.value) || n; until = Math.max(size, Math.min(n, until + by * size)); };
  const earlier = button("Earlier", () => shift(-1)), later = button("Later", () => shift(1));
  apply();
  const swatch = (kind, text) => make("li", null, make("span", {class: "swatch"}, track([[kind, 0, 1]], {from: 0, to: 1})), text);
  return section("matrix", "Ports by runs",
    make("p", {class: "soft"}, `Each line is a port that was open once; time goes from left to right.${leftOut > 0 ? ` ${several(leftOut, "port")} whose last change is the longest ago had no room here.` : ""}`),
    make("ul", {class: "legend", id: "states"}, swatch("o", "open"), swatch("s", "silent"), swatch("c", "closed"),
      rows.some((row) => row.code.includes("p")) ? swatch("p", STATES.p) : null,
      rows.some((row) => row.code.includes("u")) ? swatch("u", "closed or silent") : null,
      make("li", null, "nothing: not known"), at.every((_, i) => isComplete(i)) ? null : swatch("i", "incomplete run"),
      gaps.length > 0 ? swatch("m", "a run is missing") : null),
    make("div", {class: "filters", role: "search"}, make("label", null, "Host, address or service", search), make("label", null, "Ports", ports),
      make("label", null, "Which", which), make("label", null, "Order", order), spans.length > 1 ? make("label", null, "Runs", span) : null,
      spans.length > 1 ? [earlier, later] : null),
    here,
    make("div", {class: "scroll"}, make("table", {class: "tracks"}, make("thead", null, head), body)),
    make("div", {class: "pager"}, told, rows.length > SIZE ? [back, next] : null));
}

function portTable() {
  if (rows.length === 0) return null;
  const named = rows.some((row) => row.host !== row.ip);
  const seen = (i, key) => (rows[i][key] === null ? "–" : when(rows[i][key]));
  const table = dataTable({id: "port-table", caption: "Ports", total: rows.length, noun: "port", pageSize: 50, columns: [
    {title: "Host", value: (i) => rows[i].host, show: (i) => outside(rows[i].host)},
    ...(named ? [{title: "Address", value: (i) => rows[i].ip, show: (i) => outside(rows[i].ip)}] : []),
    {title: "Port", numeric: true, value: (i) => rows[i].port, show: (i) => String(rows[i].port)},
    {title: "Service", value: (i) => rows[i].service, show: (i) => outside(rows[i].service), help: "What this port number is usually for; the program there was not asked"},
    {title: "Now", value: (i) => STATES[rows[i].now], show: (i) => stateWord(rows[i].now), help: "In the last run that asked it"},
    {title: "First open", value: (i) => rows[i].first, show: (i) => seen(i, "first"), help: "UTC"},
    {title: "Last open", value: (i) => rows[i].newest, show: (i) => seen(i, "newest"), help: "UTC"},
    {title: "Open in", numeric: true, value: (i) => rows[i].open, show: (i) => count(rows[i].open), help: "So many runs"},
    {title: "Asked in", numeric: true, value: (i) => rows[i].asked, show: (i) => count(rows[i].asked), help: "So many runs"},
    {title: "Turns", numeric: true, value: (i) => rows[i].turns, show: (i) => count(rows[i].turns), help: "How often it was open after it was not, or not after it was"},
  ]});
  return section("ports-seen", "Ports", make("p", {class: "soft"}, "Press a column's name to sort by it."), table.element);
}

function runTable() {
  const table = dataTable({id: "run-table", caption: "Runs", total: n, noun: "run", pageSize: 50, columns: [
    {title: "Run (UTC)", value: (i) => at[i], show: when},
    {title: "Complete", value: (i) => packed.complete[i], show: (i) => (isComplete(i) ? "yes" : make("span", {class: "state state-filtered"}, "no"))},
    ...[["Open", "open"], ["Opened", "opened"], ["Closed", "closed"], ["Probes a second", "speed"], ["Limit", "limit"]].map(([title, key]) =>
      ({title, numeric: true, value: (i) => packed[key][i], show: (i) => count(packed[key][i])})),
  ]});
  table.sortBy(0, true);
  return section("runs", "Runs", table.element);
}

assemble(tool, top(), [summary(), ...(n > 0 ? [changeTable(), openChart(), matrix(), speedChart(), portTable(), runTable()] : [])]);
}
