"use strict";
// The page of one run: what was found, how sure it is, and every result.
{
const {tool, run, summary, untouched, unresolved, warnings, expectations, targets, estimate, poor, changes} = embedded("data");
const {groups, reasons} = embedded("rows");
const STATES = ["open", "closed", "filtered", "error", "unprobed"];
const MARKS = {open: "●", closed: "×", filtered: "?", error: "!"};
const MEANINGS = {
  open: "A program on the host accepts connections on this port.",
  closed: "The host itself answered that nothing listens there.",
  filtered: "No usable answer: a firewall drops or refuses the question, or the packets were lost.",
  error: "This machine failed to ask. It says nothing about the port.",
  unprobed: "Not asked: the run ended before, or gave the host up.",
};
const HOSTS_SHOWN = 60, PORTS_SHOWN = 40;

// Results as parallel arrays: row i is result[i] of group[i].
const group = [], result = [];
groups.forEach(([, , list], g) => list.forEach((one) => { group.push(g); result.push(one); }));
const total = result.length;
const hostOf = (i) => groups[group[i]][0], ipOf = (i) => groups[group[i]][1];
const stateOf = (i) => STATES[result[i][1]], reasonOf = (i) => reasons[result[i][2]];
const serviceOf = (i) => result[i][8] || "";
const either = (words) => words.join(", ").replace(/, ([^,]*)$/, " or $1");
const named = groups.some(([host, ip]) => host !== ip);
const state = (name) => make("span", {class: `state state-${name}`}, `${MARKS[name] || ""} ${name}`);

const complete = run.complete && unresolved.length === 0 && summary.error === 0;

function causes() {
  const list = [];
  if (run.stopped_by === "signal") list.push("Someone or something stopped the run by a signal.");
  if (run.stopped_by === "deadline") list.push("The deadline of the profile passed.");
  if (summary.unprobed > 0) list.push(`${several(summary.unprobed, "probe")} never got asked.`);
  if (untouched > 0) list.push(`Of these, ${several(untouched, "host")} had no turn at all.`);
  if (summary.error > 0) list.push(`This machine failed to ask ${several(summary.error, "probe")}.`);
  if (unresolved.length > 0) list.push(`${several(unresolved.length, "entry", "entries")} of the host list did not resolve.`);
  if (list.length === 0) list.push("Not every host or probe could be asked.");
  return list;
}

function sentence() {
  const found = summary.open === 0 ? "no open port" : several(summary.open, "open port");
  const rest = STATES.slice(1).filter((name) => summary[name] > 0).map((name) => `${count(summary[name])} ${name}`);
  return `${several(summary.targets, "host")} checked, ${several(summary.probes, "probe")} in ${duration(run.elapsed_ms)}: ` +
    `${found}${rest.length > 0 ? `; the others: ${rest.join(", ")}` : ""}.`;
}

// What the expectations came to, where they do not all hold: [kind, words].
function unmet() {
  const {fail, inconclusive} = summary.expectations;
  if (fail > 0) return ["bad", `${several(fail, "EXPECTATION", "EXPECTATIONS")} FAILED`];
  return inconclusive > 0 ? ["care", `${several(inconclusive, "EXPECTATION", "EXPECTATIONS")} INCONCLUSIVE`] : null;
}

// A green word is all that many read: it stands only where nothing failed.
function top() {
  const failed = unmet();
  const kind = !complete ? " bad" : failed ? "" : " good";
  return make("header", null,
    make("h1", null, "Port scan: ", outside(run.profile),
      failed ? make("span", {class: `badge ${failed[0]}`, id: "verdict"}, failed[1]) : null,
      run.shard ? make("span", {class: "badge care", id: "slice"}, `SLICE ${run.shard.index} OF ${run.shard.count}`) : null,
      make("span", {class: `badge${kind}`, id: "badge"}, complete ? "COMPLETE" : "INCOMPLETE")),
    run.description ? make("p", {class: "lead", id: "description"}, outside(run.description)) : null,
    make("p", {class: "lead"}, sentence()),
    make("p", {class: "soft small"}, `Started ${moment(run.started)}, finished ${moment(run.finished)}, from `,
      outside(run.file), "."));
}

function judged() {
  const {pass, fail, inconclusive} = summary.expectations;
  const kind = fail > 0 ? "bad" : inconclusive > 0 ? "care" : "good";
  const order = ["fail", "inconclusive", "pass"];
  const list = [...expectations].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const table = list.length === 0 ? null : dataTable({id: "expectation-table", caption: "Expectations", total: list.length, noun: "expectation", pageSize: 50, columns: [
    {title: "Verdict", value: (i) => order.indexOf(list[i].verdict), show: (i) => make("span", {class: `verdict-${list[i].verdict}`}, list[i].verdict)},
    {title: "Host", value: (i) => list[i].host, show: (i) => outside(list[i].host)},
    {title: "Port", numeric: true, value: (i) => list[i].port, show: (i) => (list[i].port === null ? "all others" : String(list[i].port))},
    {title: "Expected", value: (i) => list[i].expected, show: (i) => list[i].expected.replace("-", " ")},
    {title: "Found", value: (i) => list[i].state, show: (i) => (list[i].state === null ? "none open" : state(list[i].state))},
  ]});
  return section("expectations", "Expectations",
    note(kind, `${count(pass)} passed, ${count(fail)} failed, ${count(inconclusive)} inconclusive`,
      make("p", null, "The profile says which ports should be open and which closed. Inconclusive is what proves neither: a port that should be closed and did not answer, or one that could not be asked.")),
    list.length < pass + fail + inconclusive ? make("p", {class: "soft"}, "There are so many that those that passed are not listed.") : null,
    table && table.element);
}

// What the history says; nothing where none is kept.
function changed() {
  if (!changes) return null;
  const words = {opened: "opened", closed: "closed", perhaps_closed: "perhaps closed", flapping: "flapping", come: "came", gone: "went",
    perhaps_gone: "perhaps went", flapping_hosts: "flapping"};
  const hosts = ["come", "gone", "perhaps_gone", "flapping_hosts"];
  const kinds = Object.keys(words);
  const list = kinds.flatMap((kind) => changes[kind].map((one) => ({...one, kind})));
  const told = kinds.filter((kind) => changes[`${kind}_count`] > 0).map((kind) =>
    `${hosts.includes(kind) ? several(changes[`${kind}_count`], "host") : count(changes[`${kind}_count`])} ${words[kind]}`);
  const total = kinds.reduce((sum, kind) => sum + changes[`${kind}_count`], 0);
  const table = list.length === 0 ? null : dataTable({id: "change-table", caption: "Changes", total: list.length, noun: "change", pageSize: 50, columns: [
    {title: "Change", value: (i) => kinds.indexOf(list[i].kind), show: (i) => words[list[i].kind]},
    {title: "Host", value: (i) => list[i].host, show: (i) => outside(list[i].host)},
    {title: "Port", numeric: true, value: (i) => list[i].port || 0, show: (i) => (list[i].port ? String(list[i].port) : "")},
    {title: "Service", value: (i) => list[i].service || "", show: (i) => outside(list[i].service || "")},
    {title: "Before", value: (i) => (list[i].was || []).join(" or "), show: (i) => (list[i].was || []).join(" or ")},
    {title: "Now", value: (i) => (list[i].is || []).join(" or "), show: (i) => (list[i].is || []).join(" or ")},
  ]});
  return section("changes", "Since last time",
    make("p", {id: "changes-told"}, changes.since === null
      ? "The history has no complete run of these hosts and ports to compare with."
      : `Since ${moment(changes.since)}: ${told.length > 0 ? told.join(", ") : "nothing changed"}.`),
    list.length < total ? make("p", {class: "soft"}, `Of these, ${several(list.length, "change")} are listed.`) : null,
    table && table.element);
}

function overview() {
  const cards = [[summary.targets, "hosts"], [summary.probes, "probes (a host and a port)"],
    ...STATES.filter((name) => name === "open" || summary[name] > 0).map((name) => [summary[name], name])];
  const notes = [], told = estimate.charAt(0).toUpperCase() + estimate.slice(1);
  if (!complete) notes.push(note("bad", "This report is incomplete", make("ul", null, causes().map((one) => make("li", null, one)))));
  if (poor) notes.push(note("bad", "What was missed", make("p", {id: "estimate"}, `${told}.`)));
  if (unresolved.length > 0) notes.push(note("bad", "Did not resolve, so not scanned", make("ul", {id: "unresolved"},
    unresolved.map(({input, message}) => make("li", null, outside(input), ": ", outside(message))))));
  if (warnings.length > 0) notes.push(note("care", "Warnings", make("ul", {id: "warnings"},
    warnings.map((text) => make("li", null, outside(text))))));
  return section("summary", "Summary", ...notes,
    make("ul", {class: "cards"}, cards.map(([number, text]) => make("li", null, make("b", null, count(number)), make("span", null, text))),
      make("li", null, make("b", null, duration(run.elapsed_ms)), make("span", null, "from start to end")),
      make("li", null, make("b", null, count(summary.probes_per_second)), make("span", null, "probes a second"))),
    estimate && !poor ? make("p", {id: "estimate"}, `${told}.`) : null,
    make("details", null, make("summary", null, "What the states mean"),
      make("dl", null, STATES.flatMap((name) => [make("dt", null, name), make("dd", null, MEANINGS[name])]))));
}

// Which hosts and ports the matrix shows: those with something open, the widest spread first.
function spread() {
  const ports = new Map(), hosts = new Map();
  for (let i = 0; i < total; i++) {
    if (result[i][1] !== 0) continue;
    ports.set(result[i][0], (ports.get(result[i][0]) || 0) + 1);
    hosts.set(group[i], (hosts.get(group[i]) || 0) + 1);
  }
  const most = (map, limit) => [...map].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit).map(([key]) => key).sort((a, b) => a - b);
  return {ports: most(ports, PORTS_SHOWN), hosts: most(hosts, HOSTS_SHOWN), allPorts: ports.size, allHosts: hosts.size};
}

function matrix() {
  const {ports, hosts, allPorts, allHosts} = spread();
  if (ports.length === 0)
    return section("matrix", "Hosts and ports", make("p", null, "No port is open, so there is nothing to lay out here."));
  const column = new Map(ports.map((port, i) => [port, i])), line = new Map(hosts.map((host, i) => [host, i]));
  const cells = hosts.map(() => new Array(ports.length).fill(-1));
  const services = new Map();
  for (let i = 0; i < total; i++) {
    const x = column.get(result[i][0]), y = line.get(group[i]);
    if (x === undefined) continue;
    services.set(result[i][0], serviceOf(i));
    if (y !== undefined) cells[y][x] = i;
  }
  const left = STATES.slice(0, 3).filter((name) => !run.states.includes(name) && summary[name] > 0);
  const blank = [...left, ...(summary.unprobed > 0 ? ["unprobed"] : [])].join(" or ") || "not asked";
  const cell = (i) => (i < 0 ? make("td", {title: `not listed: ${blank}`}) :
    make("td", {class: `state-${stateOf(i)}`, title: `${result[i][0]}: ${stateOf(i)} (${reasonOf(i)})`}, make("span", {"aria-label": stateOf(i)}, MARKS[stateOf(i)])));
  const label = `Which of ${several(ports.length, "port")} is open on which of ${several(hosts.length, "host")}`;
  const cut = [], bare = summary.targets - allHosts;
  if (allPorts > ports.length) cut.push(`the ${count(ports.length)} ports open on most hosts, of ${count(allPorts)}`);
  if (allHosts > hosts.length) cut.push(`the ${count(hosts.length)} hosts with most open ports, of ${count(allHosts)}`);
  return section("matrix", "Hosts and ports",
    make("p", null, "A line is a host, a column a port that is open on at least one host.",
      bare > 0 ? ` ${several(bare, "host")} with nothing open ${bare === 1 ? "is" : "are"} left out.` : ""),
    cut.length > 0 ? make("p", {class: "soft"}, `Shown here: ${cut.join("; ")}. The table of results has all.`) : null,
    make("ul", {class: "legend"}, STATES.slice(0, 4).filter((name) => run.states.includes(name) && summary[name] > 0).map((name) => make("li", null, state(name))),
      make("li", null, `blank: ${blank}`)),
    make("div", {class: "scroll tall", tabindex: "0", role: "region", "aria-label": label},
      make("table", {class: "matrix", "aria-label": label}, make("thead", null, make("tr", null, make("th", {scope: "col"}, "Host"),
        ports.map((port) => make("th", {scope: "col"}, String(port), make("small", null, outside(services.get(port) || ""))))),
      ), make("tbody", null, hosts.map((host, y) => make("tr", null,
        make("th", {scope: "row"}, outside(groups[host][0]), groups[host][0] !== groups[host][1] ? make("small", null, outside(groups[host][1])) : null),
        cells[y].map(cell)))))));
}

function times() {
  const values = [];
  for (const one of result) if (one[3] !== null) values.push(Math.max(one[3], 1) / 1000);
  const title = "Round-trip times";
  if (values.length === 0)
    return section("times", title, make("p", null, "No round trip was measured: the kernel measures it on open ports only."));
  const {p50, p90, p99} = summary.rtt_us;
  const bins = logBins(values, 10);
  const marks = [["half", p50], ["90 %", p90], ["99 %", p99]].filter(([, us]) => known(us)).map(([text, us]) => ({text, ms: us / 1000}));
  const tallest = Math.max(...bins.map((bin) => bin.count));
  const [low, high] = [bins[0].low, bins[bins.length - 1].high];
  const label = `Histogram of ${several(values.length, "round-trip time")}: half below ${milliseconds(p50)} ms, 90 % below ${milliseconds(p90)} ms, 99 % below ${milliseconds(p99)} ms`;
  return section("times", title, placed(chart({
    id: "rtt",
    label,
    caption: `How long the answers of open ports took to arrive, as the kernel measured ${several(values.length, "handshake")}. Each bar is a range of times, its height the number of ports. ` +
      `The dashed lines: ${marks.map(({text, ms}) => `${text} took at most ${digits(ms)} ms`).join(", ")}.`,
    draw: (width) => ({
      height: 260, marginLeft: 48, marginBottom: 42, marginTop: 24,
      x: {type: "log", domain: [low, high], label: "round trip (milliseconds)", labelAnchor: "center", labelArrow: "none"},
      y: {label: "ports", grid: true, labelArrow: "none", ticks: Math.min(5, tallest), tickFormat: plainNumber},
      marks: [
        Plot.axisX(logTicks(low, high, width), {text: plainNumber, label: "round trip (milliseconds)", labelAnchor: "center", labelArrow: "none"}),
        Plot.rectY(bins, {x1: "low", x2: "high", y: "count", fill: SERIES[0], insetLeft: .5, insetRight: .5, className: "bins",
          title: (bin) => `${digits(bin.low)} to ${digits(bin.high)} ms: ${count(bin.count)}`}),
        Plot.ruleX(marks, {x: "ms", stroke: "currentColor", strokeDasharray: "4,3", className: "quantiles", title: (one) => `${one.text}: at most ${digits(one.ms)} ms`}),
        Plot.text(apart(marks, low, high, width), {x: "ms", text: "text", frameAnchor: "top", dy: -12, textAnchor: "start", dx: -4, fill: "currentColor"}),
        Plot.ruleY([0]),
      ],
    }),
    columns: [["From (ms)", true], ["To (ms)", true], ["Ports", true]],
    rows: bins.map((bin) => [digits(bin.low), digits(bin.high), count(bin.count)]),
  })));
}

const LIMITED_BY = {
  local: "this machine", target: "what targets answer", path: "the path that all targets share",
  ceiling: "the profile's concurrency or rate",
};

// The steps of the course: from the point before to the point itself.
function steps(course) {
  return course.map((point, i) => ({from: (i > 0 ? course[i - 1].at_ms : 0) / 1000, to: point.at_ms / 1000,
    limit: point.limit > 0 ? point.limit : null, answers: point.answers_per_second}));
}

// The height to draw for: a start that doubled its limit once too often would flatten all the rest.
function usual(all, limited) {
  const limits = limited.map((step) => step.limit).sort((a, b) => a - b);
  return Math.max(1, limits.length > 0 ? limits[limits.length >> 1] : 0, ...all.map((step) => step.answers));
}

function courseChart(path) {
  const all = steps(path.course), limited = all.filter((step) => step.limit !== null);
  const end = Math.max(all[all.length - 1].to, run.elapsed_ms / 1000);
  const highest = Math.max(1, ...limited.map((step) => step.limit), ...all.map((step) => step.answers));
  const most = Math.min(highest, 2 * usual(all, limited));
  const silent = path.outages.map(({at_ms, lasted_ms}) => ({from: Math.min(at_ms / 1000, end), to: Math.min((at_ms + lasted_ms) / 1000, end)}));
  const series = [{name: "answers a second", color: SERIES[0], symbol: "square"},
    ...(limited.length > 0 ? [{name: "limit: attempts a second", color: SERIES[1], symbol: "cross"}] : []),
    ...(silent.length > 0 ? [{name: "outage", color: "var(--bad)", symbol: "square"}] : [])];
  return placed(chart({
    id: "course",
    label: `Chart of ${digits(end)} seconds: answers a second, ${count(Math.max(...all.map((step) => step.answers)))} at most; ` +
      (limited.length > 0 ? `the limit, ${count(limited[limited.length - 1].limit)} attempts a second in the end` : "no limit was found"),
    caption: "How fast the run was: the bars are answers a second, the line is the limit on attempts a second that was in force. Where there is no line, none had been found." +
      (most < highest ? " A line at the upper edge stands for more than that." : ""),
    legend: legend(series),
    draw: () => ({
      height: 260, marginLeft: 62, marginBottom: 42,
      x: {domain: [0, end], label: "seconds from the start", labelAnchor: "center", labelArrow: "none"},
      y: {domain: [0, most], clamp: true, label: "a second", grid: true, labelArrow: "none", ticks: 5, tickFormat: plainNumber},
      marks: [
        Plot.rectY(silent, {x1: "from", x2: "to", y1: 0, y2: most, fill: "var(--bad)", fillOpacity: .25, className: "outages",
          title: (one) => `outage: ${digits(one.from)} to ${digits(one.to)} s`}),
        Plot.rectY(all, {x1: "from", x2: "to", y: "answers", fill: SERIES[0], fillOpacity: .75, className: "answers",
          title: (step) => `${digits(step.from)} to ${digits(step.to)} s: ${count(step.answers)} answers a second`}),
        Plot.link(limited, {x1: "from", x2: "to", y1: "limit", y2: "limit", stroke: SERIES[1], strokeWidth: 2.5, className: "limit",
          title: (step) => `${digits(step.from)} to ${digits(step.to)} s: at most ${count(step.limit)} attempts a second`}),
        Plot.ruleY([0]),
      ],
    }),
    columns: [["At (s)", true], ["Limit (attempts a second)", true], ["Answers a second", true]],
    rows: all.map((step) => [step.to.toLocaleString("en", {maximumFractionDigits: 3}), count(step.limit), count(step.answers)]),
  }));
}

// What held the run back, as far as there is something to tell.
function limits() {
  const path = (run.paths || [])[0];
  if (!path || (path.limited_by === "nothing" && path.outages.length === 0 && path.course.length < 2)) return null;
  const by = LIMITED_BY[path.limited_by];
  const {asked, lost} = path.sentinels;
  return section("limits", "What limited the run",
    make("p", null, by ? `Limited by ${by}${path.limit === null ? "" : `: about ${count(path.limit)} attempts a second`}.` : "Nothing limited the run."),
    asked > 0 ? make("p", {class: "soft"}, `${count(lost)} of ${several(asked, "question")} to ports that had answered before went unanswered: that tells loss from silence.`) : null,
    path.outages.length === 0 ? null : note("care", "Fell silent for a while; what was asked meanwhile was asked again", make("ul", {id: "outages"},
      path.outages.slice(0, 20).map(({at_ms, lasted_ms, target}) =>
        make("li", null, `after ${duration(at_ms)}, for ${duration(lasted_ms)}: `, target === null ? "everything" : outside(target))),
      path.outages.length > 20 ? make("li", null, `and ${count(path.outages.length - 20)} more`) : null)),
    path.course.length < 2 ? null : courseChart(path));
}

// Those whose labels do not stand on the one before.
function apart(marks, low, high, width) {
  let edge = -Infinity;
  return marks.filter(({ms}) => {
    const at = Math.log(ms / low) / Math.log(high / low) * (width - 70);
    if (at - edge < 36) return false;
    edge = at;
    return true;
  });
}

function results() {
  if (total === 0)
    return section("results", "Results", make("p", null, `No port is in one of the states that the report lists: ${either(run.states)}.`));
  const table = dataTable({
    id: "result-table", caption: "Results", total, noun: "result", pageSize: 50,
    columns: [
      {title: "Host", value: hostOf, show: (i) => outside(hostOf(i))},
      ...(named ? [{title: "Address", value: ipOf, show: (i) => outside(ipOf(i))}] : []),
      {title: "Port", numeric: true, value: (i) => result[i][0], show: (i) => String(result[i][0])},
      {title: "State", value: (i) => result[i][1], show: (i) => state(stateOf(i))},
      {title: "Reason", value: reasonOf, show: (i) => outside(reasonOf(i)), help: "Why the port is in this state"},
      {title: "Service", value: serviceOf, show: (i) => outside(serviceOf(i)), help: "What this port number is usually for; the program there was not asked"},
      {title: "Round trip (ms)", numeric: true, value: (i) => result[i][3], show: (i) => milliseconds(result[i][3]), help: "Of the handshake, as the kernel measured it"},
      {title: "Connect (ms)", numeric: true, value: (i) => result[i][4], show: (i) => milliseconds(result[i][4]), help: "From the call to the answer being read by this program"},
      {title: "Attempts", numeric: true, value: (i) => result[i][5], show: (i) => String(result[i][5])},
      ...(result.some((one) => one[7] !== 0) ? [{title: "Confirmed", value: (i) => result[i][7] || null, show: (i) => outside(result[i][7] || "–"), help: "Of the further probes, how many found it open"}] : []),
      {title: "At (s)", numeric: true, value: (i) => result[i][6], show: (i) => (result[i][6] / 1000).toFixed(3), help: "Seconds from the start of the run"},
    ],
  });
  const search = make("input", {type: "search", id: "search", placeholder: "part of a name or address", autocomplete: "off", spellcheck: "false"});
  const ports = make("input", {type: "text", id: "ports", placeholder: "22, 80-443", autocomplete: "off", size: 14});
  const boxes = STATES.slice(0, 4).filter((name) => result.some((one) => STATES[one[1]] === name))
    .map((name) => make("input", {type: "checkbox", checked: true, value: name}));
  const lower = groups.map(([host, ip]) => `${host}\n${ip}`.toLowerCase());
  function apply() {
    const words = search.value.trim().toLowerCase(), allowed = portTest(ports.value);
    ports.setAttribute("aria-invalid", allowed === null ? "true" : "false");
    const shown = new Set(boxes.filter((box) => box.checked).map((box) => STATES.indexOf(box.value)));
    table.filter((i) => shown.has(result[i][1]) && (allowed === null || allowed(result[i][0])) &&
      (words === "" || lower[group[i]].includes(words) || serviceOf(i).toLowerCase().includes(words) || reasonOf(i).toLowerCase().includes(words)));
  }
  let timer = 0;
  const soon = () => { clearTimeout(timer); timer = setTimeout(apply, 120); };
  const clear = make("button", {type: "button", onclick: () => {
    search.value = ports.value = "";
    for (const box of boxes) box.checked = true;
    apply();
  }}, "Show all");
  for (const field of [search, ports]) field.addEventListener("input", soon);
  for (const box of boxes) box.addEventListener("change", apply);
  return section("results", "Results",
    make("p", {class: "soft"}, `The report lists ports that are ${either(run.states)}. Press a column's name to sort by it.`),
    make("div", {class: "filters", role: "search"},
      make("label", null, "Host, address, service or reason", search), make("label", null, "Ports", ports),
      boxes.length > 1 ? make("fieldset", {"aria-label": "States"}, boxes.map((box) => make("label", null, box, ` ${box.value}`))) : null, clear),
    table.element);
}

function hosts() {
  if (targets.length < 2 && !targets.some((one) => one[8] || one[9] || one[10])) return null;
  const number = (title, at) => ({title, numeric: true, value: (i) => targets[i][at], show: (i) => count(targets[i][at])});
  const remark = (i) => [targets[i][8] ? "given up: no answer at all" : "", targets[i][9] ? "suspicious: every port open" : "", targets[i][10] ? `up to ${count(targets[i][10])} more may be open` : ""].filter(Boolean).join("; ");
  const table = dataTable({id: "host-table", caption: "Hosts", total: targets.length, noun: "host", pageSize: 50, columns: [
    {title: "Host", value: (i) => targets[i][1], show: (i) => outside(targets[i][1])},
    ...(targets.some((one) => one[1] !== one[2]) ? [{title: "Address", value: (i) => targets[i][2], show: (i) => outside(targets[i][2])}] : []),
    {title: "Named by", value: (i) => targets[i][0], show: (i) => outside(targets[i][0]), help: "The entry of the profile that named it"},
    ...STATES.map((name, s) => number(name, 3 + s)),
    ...(targets.some((_, i) => remark(i)) ? [{title: "Remark", value: remark, show: remark}] : []),
  ]});
  return section("hosts", "Hosts", targets.length < summary.targets ?
    make("p", {class: "soft"}, `Of ${count(summary.targets)} hosts, those with something open, in error or not asked.`) : null, table.element);
}

function settings() {
  // Of lines that were cut short, what a run knows only once it lasts is 0.
  const asked = known(run.concurrency) ? count(run.concurrency) : run.concurrency;
  const limit = run.effective_concurrency === run.concurrency || run.effective_concurrency === 0 ? asked :
    `${asked}, ${count(run.effective_concurrency)} ${known(run.concurrency) ? "in force" : "at most"}`;
  return section("settings", "Settings", pairs([
    ...(run.shard ? [["Slice", `${run.shard.index} of ${run.shard.count}`,
      make("span", {class: "mono"}, `Of the plan ${visible(run.shard.plan_sha256)}`)]] : []),
    ["Profile", outside(run.profile), make("span", {class: "mono"}, `SHA-256 ${run.profile_sha256}`)],
    ["Ports asked", make("span", {class: "mono"}, outside(run.ports.length > 500 ? `${run.ports.slice(0, 500)}…` : run.ports))],
    ["States listed", run.states.join(", "), "A port of another state is counted, not listed."],
    ["Engine", run.engine, run.workers > 0 ? several(run.workers, "worker") : null],
    ["Concurrency", limit, `Probes in flight at a time; at most ${count(summary.peak_in_flight)} were.`],
    ["Timeout", duration(run.timeout_ms), run.adaptive_timeout ? "A ceiling: the timeout adapts to the answers." : "For one attempt."],
    ["Retries", `${run.retries}, and ${run.loss_retries} where loss is proven`, `${several(summary.attempts, "attempt")} in all; ${several(summary.retried, "probe")} took more than one.`],
    ["Congestion control", run.adaptive ? "on" : "off", "Whether the number in flight to each host adapts to its answers."],
    ["Rate limit", run.rate > 0 ? `${count(run.rate)} attempts a second` : "none"],
    ["Order", run.order, `Seed ${run.seed}`],
  ], "Settings"));
}

assemble(tool, top(), [changed(), overview(), Object.values(summary.expectations).some((n) => n > 0) && judged(), matrix(), times(),
  limits(), results(), hosts(), settings()]);
}
