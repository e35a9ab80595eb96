"use strict";
// The page of a comparison: the answer first, then how fast, how complete and how sure.
{
const study = embedded("data");
const {tool, machine, reference, recommendation, variants, flips, warnings} = study;
const STATES = ["open", "closed", "filtered", "error", "unprobed"];
const manyProfiles = new Set(variants.map((one) => one.profile)).size > 1;
const chosen = variants.findIndex((one) => one.name === recommendation.variant);
const baseline = variants.find((one) => one.baseline);
const counted = variants.reduce((sum, one) => sum + one.runs.length, 0);

// What a variant is called where the profile goes without saying.
const short = (one) => visible(manyProfiles || !one.name.startsWith(`${one.profile} `) ? one.name : one.name.slice(one.profile.length + 1));
const permits = (one) => (one.concurrency === one.effective_concurrency ? count(one.effective_concurrency) :
  `${count(one.effective_concurrency)} (${typeof one.concurrency === "string" ? one.concurrency : count(one.concurrency)} asked)`);
const mean = (number) => (known(number) ? number.toLocaleString("en", {maximumFractionDigits: 1}) : "–");

// A series of the charts: variants that differ in nothing but the concurrency.
const series = [];
for (const variant of variants) {
  const rest = Object.entries(variant.settings).filter(([key]) => key !== "concurrency" && key !== "engine").map(([key, value]) => `${key}=${value}`);
  const engines = new Set(variants.filter((one) => one.profile === variant.profile).map((one) => one.engine));
  const name = [...(manyProfiles ? [variant.profile] : []), ...(engines.size > 1 || !manyProfiles ? [`engine ${variant.engine}`] : []), ...rest].join(", ");
  let found = series.find((one) => one.name === name);
  if (!found) {
    found = {name, color: SERIES[series.length % SERIES.length], symbol: SYMBOLS[series.length % SYMBOLS.length], variants: []};
    series.push(found);
  }
  found.variants.push(variant);
}
const seriesOf = (variant) => series.find((one) => one.variants.includes(variant));

function top() {
  const names = [...new Set(variants.map((one) => one.profile))];
  return make("header", null,
    make("h1", null, `${several(variants.length, "variant")} compared`,
      make("span", {class: `badge ${study.complete ? "good" : "bad"}`, id: "badge"}, study.complete ? "COMPLETE" : "INCOMPLETE")),
    make("p", {class: "lead"}, `The same ports scanned in ${several(variants.length, "way")}, by turns, `,
      `${several(counted, "run")} in all: how long each way takes, and how many of the open ports it finds.`),
    make("p", {class: "soft small"}, names.length === 1 ? "Profile " : "Profiles ",
      names.flatMap((name, i) => (i > 0 ? [", ", outside(name)] : [outside(name)])),
      `. Started ${moment(study.started)}, finished ${moment(study.finished)}.`));
}

function answer() {
  const best = variants[chosen];
  const ties = recommendation.ties.filter((name) => name !== recommendation.variant);
  const open = reference.open.length;
  const cards = best ? [
    [duration(best.elapsed_ms.median), "median time of a run"],
    [percent(best.recall), "of the open ports found"],
    [permits(best), "probes in flight at most"],
    [count(best.workers), best.workers === 1 ? "worker" : "workers"],
    ...(best.baseline || !known(best.speedup.median) ? [] : [[`${digits(best.speedup.median)} ×`, "the baseline's speed"]]),
  ] : [];
  const part = section("answer", best ? "Recommendation" : "No recommendation",
    best ? make("p", {class: "big"}, "Use ", make("bdi", null, short(best))) : null,
    make("p", {id: "why"}, outside(recommendation.why)),
    best ? make("ul", {class: "cards"}, cards.map(([number, text]) => make("li", null, make("b", null, number), make("span", null, text)))) : null,
    best && ties.length > 0 ? make("p", {id: "ties"}, "Tied with it, as far as these runs can tell: ",
      ties.flatMap((name, i) => (i > 0 ? [", ", outside(name)] : [outside(name)])), ".") : null,
    open === 0 ? null : make("p", {class: "soft small", id: "reference"}, reference.source === "expect" ?
      `Measured by the ${several(open, "port")} that the profile expects to be open.` :
      `Measured by ${several(open, "port")}: those that at least two runs saw open, or that were confirmed. A port that no run found is not among them.`),
    study.complete ? null : note("bad", "This study is incomplete", make("p", null, "It was stopped, or a run failed; the numbers are those of the runs there are.")),
    warnings.length > 0 ? note("care", "Warnings", make("ul", {id: "warnings"}, warnings.map((text) => make("li", null, outside(text))))) : null);
  part.classList.add("answer", best ? "good" : "care");
  return part;
}

// ---- the charts over concurrency ----

const limits = [...new Set(variants.map((one) => one.effective_concurrency))].filter((limit) => limit > 0).sort((a, b) => a - b);
const decades = limits.length > 0 ? Math.log10(limits[limits.length - 1] / limits[0]) : 0;
const EDGE = Math.max(decades * .08, .15), BAND = Math.max(decades * .028, .04);
const xDomain = limits.length > 0 ? [10 ** (Math.log10(limits[0]) - EDGE), 10 ** (Math.log10(limits[limits.length - 1]) + EDGE)] : [1, 10];

// Where a variant stands: at its limit, beside the others of the same limit.
function band(variant) {
  const same = variants.filter((one) => one.effective_concurrency === variant.effective_concurrency);
  const width = Math.min(BAND, (decades || .3) * .5 / (same.length * Math.max(limits.length, 2)));
  const center = Math.log10(variant.effective_concurrency) + (same.indexOf(variant) - (same.length - 1) / 2) * width * 1.15;
  return {low: 10 ** (center - width / 2), at: 10 ** center, high: 10 ** (center + width / 2), width, center};
}

function limitTicks(width) {
  const pixels = (limit) => (Math.log10(limit) - Math.log10(xDomain[0])) / (Math.log10(xDomain[1]) - Math.log10(xDomain[0])) * (width - 76);
  let edge = -Infinity;
  return limits.filter((limit) => {
    if (pixels(limit) - edge < 12 + 7.5 * count(limit).length) return false;
    edge = pixels(limit);
    return true;
  });
}

// Every run a dot, the median (or the share over all runs) a line; joined along a series.
function overLimits({id, label, caption, columns, value, middle, middleTitle, yAxis, shown}) {
  const usable = variants.filter((one) => one.effective_concurrency > 0 && known(middle(one)));
  const dots = usable.flatMap((variant) => {
    const place = band(variant), runs = variant.runs.filter((run) => run.failure === null && known(value(run)));
    return runs.map((run, i) => ({variant, run, y: value(run), x: 10 ** (place.center + (runs.length > 1 ? (i / (runs.length - 1) - .5) * place.width * .7 : 0))}));
  });
  const lines = usable.map((variant) => ({variant, ...band(variant), y: middle(variant)}));
  const joins = series.flatMap((one) => {
    const points = lines.filter((line) => one.variants.includes(line.variant)).sort((a, b) => a.at - b.at);
    return points.slice(1).map((point, i) => ({x1: points[i].at, y1: points[i].y, x2: point.at, y2: point.y, color: one.color}));
  });
  const best = lines.filter((line) => line.variant === variants[chosen]);
  return placed(chart({
    id, label, caption,
    legend: series.length > 1 ? legend(series) : null,
    draw: (width) => {
      const {marks, ...y} = yAxis(dots.map((dot) => dot.y).concat(lines.map((line) => line.y)), width);
      return {
        height: 330, marginLeft: 58, marginRight: 18, marginBottom: 44, marginTop: 42,
        x: {type: "log", domain: xDomain}, y,
        marks: [
          Plot.axisX(limitTicks(width), {text: count, label: "concurrency: probes in flight at most (log scale)", labelAnchor: "center", labelArrow: "none"}),
          ...marks,
          Plot.ruleX(best, {x: "at", stroke: "var(--good)", strokeDasharray: "4,3", insetTop: -8}),
          Plot.link(joins, {x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke: "color", strokeOpacity: .55, strokeWidth: 1.5, className: "joins"}),
          ...series.map((one) => Plot.dot(dots.filter((dot) => one.variants.includes(dot.variant)), {x: "x", y: "y", symbol: one.symbol, r: 3.5,
            fill: one.color, fillOpacity: .5, stroke: one.color, strokeOpacity: .8, className: "runs",
            title: (dot) => `${short(dot.variant)}, run ${dot.run.round}: ${shown(dot.y)}`})),
          Plot.link(lines, {x1: "low", x2: "high", y1: "y", y2: "y", stroke: (line) => seriesOf(line.variant).color, strokeWidth: 3, className: "medians",
            title: (line) => `${short(line.variant)}, ${middleTitle}: ${shown(line.y)}`}),
          Plot.text(best, {x: "at", text: () => "recommended", frameAnchor: "top", lineAnchor: "bottom", dy: -10, fontWeight: 700, fill: "var(--good)", className: "best"}),
        ],
        color: {type: "identity"},
      };
    },
    columns,
    rows: usable.map((variant) => [short(variant), permits(variant), shown(middle(variant)),
      variant.runs.filter((run) => run.failure === null && known(value(run))).map((run) => shown(value(run))).join("; ")]),
  }));
}

function speed() {
  const failed = variants.flatMap((one) => one.runs.filter((run) => run.failure !== null).map((run) => ({one, run})));
  const label = "Chart of probes a second against concurrency: " + variants.map((one) => `${short(one)} ${count(one.probes_per_second)}`).join(", ");
  const usable = variants.some((one) => known(one.probes_per_second));
  return section("speed", "Speed",
    usable ? overLimits({
      id: "speed-chart", label,
      caption: "Higher is faster. Each dot is one run, the thick line the median of a variant; where several would stand on each other they are moved aside a little.",
      value: (run) => run.probes_per_second, middle: (one) => one.probes_per_second, middleTitle: "median",
      shown: (number) => `${count(number)} probes/s`,
      yAxis: (values, width) => {
        const [low, high] = extent(values);
        const log = high / Math.max(low, .001) > 12;
        const domain = log ? [low / 1.25, high * 1.25] : [0, high * 1.08];
        const label = `probes a second${log ? " (log scale)" : ""}`;
        const ticks = log ? logTicks(domain[0], domain[1], 420) : undefined;
        return {type: log ? "log" : "linear", domain, label,
          marks: [log ? Plot.axisY(ticks, {text: compact, label, labelArrow: "none"}) : Plot.axisY({ticks: 6, tickFormat: compact, label, labelArrow: "none"}),
            log ? Plot.ruleY(ticks, {strokeOpacity: .12}) : Plot.ruleY([0])]};
      },
      columns: [["Variant"], ["Concurrency", true], ["Median", true], ["Runs"]],
    }) : make("p", null, "No run came to an end, so there is no speed to show."),
    failed.length > 0 ? note("bad", `${several(failed.length, "run")} failed`, make("ul", null, failed.slice(0, 20).map(({one, run}) => make("li", null, outside(one.name), `, run ${run.round}: `, outside(run.failure))))) : null);
}
const compact = (number) => new Intl.NumberFormat("en", {notation: "compact", maximumSignificantDigits: 3}).format(number);

function recall() {
  const title = "Open ports found";
  if (!variants.some((one) => known(one.recall)))
    return section("recall", title, make("p", null, "There is no open port to measure by, so nothing can be said of how many were found."));
  const label = "Chart of the share of open ports found against concurrency: " + variants.map((one) => `${short(one)} ${percent(one.recall)}`).join(", ");
  const least = Math.min(...variants.flatMap((one) => one.runs.map((run) => run.recall)).filter(known), ...variants.map((one) => one.recall).filter(known));
  const floor = least === 1 ? 0 : least >= .99 ? .98 : least >= .9 ? .9 : 0;
  return section("recall", title, overLimits({
    id: "recall-chart", label,
    caption: `Recall: of the ${several(reference.open.length, "port")} of the reference, the share that was found. Each dot is one run, the thick line all runs of a variant together. A limit is too high where the share falls below 100 %.` +
      (floor > 0 ? ` The scale starts at ${percent(floor)}.` : ""),
    value: (run) => run.recall, middle: (one) => one.recall, middleTitle: "all runs", shown: percent,
    yAxis: () => ({domain: [floor, 1], label: "open ports found",
      marks: [Plot.axisY({ticks: 5, tickFormat: (share) => `${Math.round(share * 1000) / 10} %`, label: "open ports found", labelArrow: "none"}),
        Plot.ruleY([1], {strokeDasharray: "3,3", strokeOpacity: .6}), Plot.ruleY([floor])]}),
    columns: [["Variant"], ["Concurrency", true], ["All runs", true], ["Each run"]],
  }));
}

const CURVES = 40;
function connect() {
  const title = "Connect times";
  const usable = variants.filter((one) => one.connect_us.count > 0);
  const listed = usable.slice(0, CURVES);
  if (listed.length === 0) return section("connect", title, make("p", null, "No open port was found, so no time was measured."));
  const step = 10 ** .2;
  const bars = listed.flatMap((variant, v) => variant.connect_us.histogram.filter((bin) => bin.count > 0).map((bin) => ({
    variant, v, low: Math.max(bin.from, .1) / 1000, high: (bin.to === null ? bin.from * step : bin.to) / 1000, count: bin.count, share: bin.count / variant.connect_us.count,
  })));
  let [low] = extent(bars.map((bar) => bar.low)), [, high] = extent(bars.map((bar) => bar.high));
  while (high / low < 9.9) { low /= step; high *= step; }
  const middles = listed.map((variant, v) => ({variant, v, ms: variant.connect_us.p50 / 1000})).filter(({ms}) => ms > 0);
  const most = Math.max(...bars.map((bar) => bar.share));
  const names = listed.map((variant, v) => ({variant, v}));
  const label = "Histograms of connect times by variant: " + listed.map((one) => `${short(one)} half within ${milliseconds(one.connect_us.p50)} ms, 99 % within ${milliseconds(one.connect_us.p99)} ms`).join("; ");
  return section("connect", title, placed(chart({
    id: "connect-chart", label,
    caption: "Times of the open ports of all runs, from the call to the answer being read by the program, so a program that is too busy to look shows here. Each bar is a range of times, its height the share of the answers; the dashed line is the median." +
      (usable.length > listed.length ? ` The first ${listed.length} variants of ${usable.length}.` : ""),
    draw: (width) => ({
      height: 60 + listed.length * 66, marginLeft: 12, marginRight: 18, marginBottom: 42, marginTop: 22,
      x: {type: "log", domain: [low, high]},
      y: {axis: null, domain: [0, most]},
      fy: {domain: names.map(({v}) => v), axis: null, padding: .34},
      color: {type: "identity"},
      marks: [
        Plot.axisX(logTicks(low, high, width), {text: plainNumber, label: "connect time (milliseconds, log scale)", labelAnchor: "center", labelArrow: "none"}),
        Plot.rectY(bars, {fy: "v", x1: "low", x2: "high", y: "share", fill: (bar) => seriesOf(bar.variant).color, fillOpacity: .75, insetLeft: .5, insetRight: .5, className: "bins",
          title: (bar) => `${short(bar.variant)}, ${digits(bar.low)} to ${digits(bar.high)} ms: ${count(bar.count)} (${percent(bar.share)})`}),
        Plot.ruleX(middles, {fy: "v", x: "ms", stroke: "currentColor", strokeDasharray: "3,3", className: "quantiles", title: ({variant}) => `${short(variant)}: median ${milliseconds(variant.connect_us.p50)} ms`}),
        Plot.text(names, {fy: "v", text: ({variant}) => short(variant), frameAnchor: "top-left", lineAnchor: "bottom", dy: -4, fontWeight: 600, fill: "currentColor"}),
        Plot.ruleY(names, {fy: "v", y: () => 0, strokeOpacity: .5}),
      ],
    }),
    columns: [["Variant"], ["From (ms)", true], ["To (ms)", true], ["Open ports", true], ["Share", true]],
    rows: bars.map((bar) => [short(bar.variant), digits(bar.low), digits(bar.high), count(bar.count), percent(bar.share)]),
  })));
}

// ---- the tables ----

function changed() {
  const {flips_total: all} = study;
  if (flips.length === 0) return section("flips", "Ports that changed", make("p", null, "No port looked different from one run to another."));
  const total = (flip) => STATES.reduce((sum, name) => sum + (flip.seen[name] || 0), 0);
  const seen = (flip) => STATES.filter((name) => flip.seen[name]).map((name, i) =>
    [i > 0 ? ", " : "", make("span", {class: `state state-${name}`}, name), ` ${count(flip.seen[name])}`]).flat();
  const table = dataTable({id: "flip-table", caption: "Ports that changed", total: flips.length, noun: "port", pageSize: 50, columns: [
    {title: "Host", value: (i) => flips[i].host, show: (i) => outside(flips[i].host)},
    ...(flips.some((flip) => flip.host !== flip.ip) ? [{title: "Address", value: (i) => flips[i].ip, show: (i) => outside(flips[i].ip)}] : []),
    {title: "Port", numeric: true, value: (i) => flips[i].port, show: (i) => String(flips[i].port)},
    {title: "Seen as", value: (i) => (flips[i].seen.open || 0) / total(flips[i]), show: (i) => make("span", null, seen(flips[i])), help: "In how many runs; sorted by the share that saw it open"},
    {title: "In the reference", value: (i) => Number(flips[i].in_reference), show: (i) => (flips[i].in_reference ? "yes" : "no")},
    {title: "Variants that departed", value: (i) => flips[i].variants.length, show: (i) => make("span", null, flips[i].variants.flatMap((name, n) => {
      const one = variants.find((variant) => variant.name === name);
      return [n > 0 ? ", " : "", make("bdi", null, one ? short(one) : visible(name))];
    })), help: "Those with a run that saw it otherwise than most or than the reference"},
  ]});
  return section("flips", "Ports that changed",
    make("p", null, `${several(all, "port")} did not look the same in all runs. ` +
      "An open port that is filtered in some runs was asked too fast, or its packets were lost; one that is closed in some runs was opened or closed meanwhile."),
    all > flips.length ? make("p", {class: "soft"}, `The first ${count(flips.length)} are listed, those of open ports first.`) : null, table.element);
}

const times = (interval, shown) => (known(interval.median) ? `${shown(interval.median)} (${shown(interval.low)} – ${shown(interval.high)})` : "–");
const name = {title: "Variant", value: (i) => i, show: (i) => make("span", null, make("bdi", null, short(variants[i])), i === chosen ? make("span", {class: "verdict-pass", role: "img", "aria-label": ", recommended", title: "recommended"}, " ✓") : "")};
const number = (title, value, show, help) => ({title, numeric: true, help, value: (i) => value(variants[i]), show: (i) => show(value(variants[i]), variants[i])});
const tableOf = (id, caption, columns) => dataTable({id, caption, total: variants.length, noun: "variant", pageSize: 50, columns: [name, ...columns], marked: (i) => i === chosen}).element;

function numbers() {
  const coverage = Math.min(...variants.map((one) => one.elapsed_ms.coverage).filter(known));
  return section("numbers", "The numbers",
    chosen >= 0 ? make("p", {class: "soft small"}, "✓ marks the recommended variant.") : null,
    make("h3", null, "Speed"),
    make("p", {class: "soft small"}, `The range in brackets holds the true median with a probability of ${Number.isFinite(coverage) ? percent(coverage) : "–"} or more. ` +
      `Speed-up and verdict are against the baseline, ${baseline ? short(baseline) : "–"}: ${visible(study.test.name)}, level ${percent(study.test.level)}; less than ${percent(study.test.least_difference)} of difference is always a tie.`),
    tableOf("speed-table", "Speed", [
      number("Runs", (one) => one.runs.length, count),
      {...number("Time of a run", (one) => one.elapsed_ms.median, (_, one) => times(one.elapsed_ms, duration), "Median, and its confidence interval")},
      number("Fastest", (one) => one.elapsed_ms.min, duration), number("Slowest", (one) => one.elapsed_ms.max, duration),
      number("Probes/s", (one) => one.probes_per_second, count, "Median"),
      number("Speed-up", (one) => one.speedup.median, (_, one) => (one.baseline ? "1" : times(one.speedup, digits)), "The baseline's time divided by this one's, round by round"),
      {title: "Verdict", value: (i) => variants[i].verdict, show: (i) => visible(variants[i].verdict), help: "undecided: so few runs could not tell it from chance"},
    ]),
    make("h3", null, "Open ports"),
    make("p", {class: "soft small"}, "Counts are means over the runs. Agreement: of the ports that any run of the variant saw open, the share that all of its runs saw open."),
    tableOf("found-table", "Open ports", [
      number("Found", (one) => one.found, mean), number("Missed", (one) => one.missed, mean), number("Extra", (one) => one.extra, mean, "Open, but not in the reference"),
      number("Recall", (one) => one.recall, percent, "Of the reference, the share found"),
      number("At least", (one) => one.recall_at_least ?? null, percent, "The recall that the runs say of themselves (95 %), by the least sure of them"), number("Precision", (one) => one.precision, percent, "Of what was found, the share in the reference"),
      number("Agreement", (one) => one.agreement, percent), number("Filtered", (one) => one.filtered, mean), number("Error", (one) => one.error, mean, "This machine failed to ask"),
      number("Retried", (one) => one.retried, mean),
    ]),
    make("h3", null, "Cost"),
    tableOf("cost-table", "Cost", [
      {title: "Engine", value: (i) => variants[i].engine, show: (i) => variants[i].engine},
      number("Concurrency", (one) => one.effective_concurrency, (_, one) => permits(one), "Probes that may be in flight at a time"),
      number("In flight", (one) => one.peak_in_flight, count, "The most that were, in any run"), number("Workers", (one) => one.workers, count),
      number("RTT 50 % (ms)", (one) => one.rtt_us.p50, milliseconds, "Round trip as the kernel measured it"), number("90 %", (one) => one.rtt_us.p90, milliseconds), number("99 %", (one) => one.rtt_us.p99, milliseconds),
      number("User", (one) => one.user_ms, duration, "CPU time in the program, median"), number("System", (one) => one.system_ms, duration, "CPU time in the kernel, median"),
      number("Memory", (one) => one.peak_rss_kb, (kb) => (known(kb) ? `${digits(kb / 1024)} MiB` : "–"), "The most of any run"),
    ]));
}

function runs() {
  const list = variants.flatMap((variant) => variant.runs.map((run) => ({variant, run}))).sort((a, b) => a.run.order - b.run.order);
  const value = (title, key, show) => ({title, numeric: true, value: (i) => list[i].run[key], show: (i) => show(list[i].run[key])});
  const table = dataTable({id: "run-table", caption: "Every run", total: list.length, noun: "run", pageSize: 50, columns: [
    value("Order", "order", count), value("Round", "round", count),
    {title: "Variant", value: (i) => variants.indexOf(list[i].variant), show: (i) => make("bdi", null, short(list[i].variant))},
    value("Time", "elapsed_ms", duration), value("Probes/s", "probes_per_second", count), value("Open", "open", count), value("Found", "found", count), value("Missed", "missed", count),
    value("Recall", "recall", percent),
    {title: "At least", numeric: true, value: (i) => list[i].run.estimate?.recall_at_least ?? null, show: (i) => percent(list[i].run.estimate?.recall_at_least ?? null)}, value("Filtered", "filtered", count), value("Error", "error", count), value("In flight", "peak_in_flight", count),
    {title: "Ended", value: (i) => list[i].run.failure ?? (list[i].run.complete ? "complete" : "incomplete"),
      show: (i) => (list[i].run.failure !== null ? make("span", {class: "verdict-fail"}, "failed: ", outside(list[i].run.failure)) : list[i].run.complete ? "complete" : "incomplete")},
  ]});
  return section("runs", "Every run", make("details", null, make("summary", null, `All ${several(list.length, "counted run")}, in the order in which they were made`), table.element));
}

function settings() {
  const keys = [...new Set(variants.flatMap((one) => Object.keys(one.settings)))];
  const cut = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return section("settings", "Settings and machine", pairs([
    ["Machine", `${several(machine.cpus, "CPU")}, ${count(Math.round(machine.memory_kb / 1024))} MiB of memory`, outside(machine.kernel)],
    ["Runs", `${count(study.repeat)} of each variant`, `${several(study.warmup, "round")} before those, not counted. Variants take turns, each round begins one further on, and each run is a process of its own.`],
    ["Pause before a run", study.pause_ms > 0 ? duration(study.pause_ms) : "none"],
    ["Baseline", baseline ? outside(baseline.name) : "–"],
    ["Test of speed", visible(study.test.name), `Level ${percent(study.test.level)}.`],
  ], "Settings and machine"), make("h3", null, "Variants"),
  plainTable("Variants", [["Variant"], ["Profile"], ["File"], ...keys.map((key) => [visible(key)]), ["Engine"], ["In force", true], ["Workers", true], ["Timeout", true], ["Ports"]],
    variants.map((one) => [outside(one.name), outside(one.profile), outside(one.file), ...keys.map((key) => outside(one.settings[key] ?? "–")), one.engine,
      permits(one), count(one.workers), duration(one.timeout_ms), make("span", {class: "mono"}, visible(cut(one.ports)))])));
}

assemble(tool, top(), [answer(), speed(), recall(), connect(), changed(), numbers(), runs(), settings()]);
}
