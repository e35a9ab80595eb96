// The page of a comparison, in a browser.
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {readFileSync, statSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {after} from "node:test";
import {build, checkCharts, checkHarmless, checkPaper, close, column, embedded, open, place, portolan, press, shoot, shut, test, tool} from "./browser.mjs";

after(close);

const limits = tool("comparison", "limits"), strange = tool("comparison", "strange"), nothing = tool("comparison", "nothing");
const number = (text) => Number(text.replace(/[^0-9.]/g, ""));

// The marks of a chart that show runs and medians, as pixels down from the top, and what each says.
const marks = (page, chart) => page.evaluate((id) => {
  const titles = (group) => [...document.querySelectorAll(`#${id} svg g.${group} > *`)].map((mark) => ({
    y: (mark.getBoundingClientRect().top + mark.getBoundingClientRect().bottom) / 2, x: (mark.getBoundingClientRect().left + mark.getBoundingClientRect().right) / 2,
    title: mark.querySelector("title")?.textContent,
  }));
  return {runs: titles("runs"), medians: titles("medians"), joins: titles("joins"), best: titles("best")};
}, chart);

test("comparison page: a real study shows what comparison.json says", {skip: process.env.PORTOLAN_NAMESPACE !== "1" && "no network namespace can be made here"}, async () => {
  const profile = join(place, "real.yaml"), html = join(place, "real-study.html"), json = join(place, "real-study.json");
  writeFileSync(profile, "hosts: 127.0.0.1\nports: 1-500\n");
  execFileSync(join(build, "tests/listen"), ["80", "443", "--", portolan, "compare", profile, "--vary", "concurrency=1,10", "--vary", "engine=pool,threads",
    "--repeat", "3", "--html", html, "--json", json, "--quiet"]);
  const told = JSON.parse(readFileSync(json, "utf8"));
  const page = await open(html);
  assert.deepEqual(await embedded(page, "data"), told);
  assert.equal(await page.textContent("#badge"), "COMPLETE");
  await checkCharts(page, ["speed-chart", "recall-chart", "connect-chart"]);
  for (const chart of ["speed-chart", "recall-chart"]) {
    const found = await marks(page, chart);
    assert.deepEqual([found.runs.length, found.medians.length], [12, 4], chart);
  }
  assert.deepEqual((await column(page, "speed-table", "Variant")).map((name) => name.replace(" ✓", "")),
    told.variants.map(({settings}) => `concurrency=${settings.concurrency} engine=${settings.engine}`));
  assert.equal(await page.textContent("#why"), told.recommendation.why);
  await shut(page);
});

test("comparison page: the recommendation comes first", async () => {
  const page = await open(limits);
  assert.equal(await page.evaluate(() => document.querySelector("section").id), "answer");
  assert.equal(await page.textContent("#answer .big"), "Use concurrency=32");
  assert.match(await page.textContent("#ties"), /: edge concurrency=16\.$/);
  assert.deepEqual(await page.locator("#answer .cards b").allTextContents(), ["2.60 s", "100 %", "32", "2", "4.00 ×"]);
  assert.match(await page.textContent("#reference"), /100 ports: those that at least two runs saw open/);
  for (const table of ["speed-table", "found-table", "cost-table"])
    assert.deepEqual(await page.locator(`#${table} tr.marked td:first-child`).allTextContents(), ["concurrency=32 ✓"]);
  await shut(page);
});

test("comparison page: the charts show every run and the median of each variant", async () => {
  const page = await open(limits);
  const {variants} = await embedded(page, "data");
  await checkCharts(page, ["speed-chart", "recall-chart", "connect-chart"]);
  for (const [chart, ofRun, ofVariant] of [["speed-chart", "probes_per_second", "probes_per_second"], ["recall-chart", "recall", "recall"]]) {
    const found = await marks(page, chart);
    assert.deepEqual([found.runs.length, found.medians.length, found.joins.length, found.best.length], [30, 6, 5, 1], chart);
    // Each says its value; higher values stand higher, larger limits further right.
    const values = variants.flatMap((variant) => variant.runs.map((run) => run[ofRun]));
    found.runs.forEach((mark, i) => {
      const scale = ofRun === "recall" ? 100 : 1;
      assert.ok(Math.abs(number(mark.title.split(": ")[1]) - values[i] * scale) <= .5, `${chart} ${mark.title} ${values[i]}`);
    });
    const byValue = found.runs.map((mark, i) => ({y: mark.y, value: values[i]})).sort((a, b) => a.value - b.value);
    byValue.slice(1).forEach((one, i) => assert.ok(one.value === byValue[i].value || one.y <= byValue[i].y + .01, `${chart}: ${one.value} above ${byValue[i].value}`));
    const medians = found.medians.map((mark, i) => ({...mark, value: variants[i][ofVariant]}));
    medians.slice(1).forEach((one, i) => assert.ok(one.x > medians[i].x));
    medians.forEach((one, i) => assert.ok(found.runs.slice(i * 5, i * 5 + 5).every((run) => Math.abs(run.x - one.x) < 20), "the runs stand at their median's limit"));
  }
  // The recall axis ends at 100 %, where the first three variants stand.
  const {medians} = await marks(page, "recall-chart");
  assert.ok(Math.abs(medians[0].y - medians[2].y) < .01 && medians[3].y > medians[0].y);
  const bins = variants.reduce((sum, variant) => sum + variant.connect_us.histogram.filter(({count}) => count > 0).length, 0);
  assert.equal(await page.locator("#connect-chart svg g.bins rect").count(), bins);
  assert.equal(await page.locator("#connect-chart svg g.quantiles line").count(), 6);
  assert.equal(await page.locator("#connect-chart details tbody tr").count(), bins);
  await shut(page);
});

test("comparison page: tables sort; every run and every flip is in one", async () => {
  const page = await open(limits);
  await press(page, "found-table", "Recall");
  assert.equal((await column(page, "found-table", "Variant"))[0], "concurrency=1024");
  await press(page, "speed-table", "Time of a run");
  assert.equal((await column(page, "speed-table", "Variant"))[0], "concurrency=1024");
  await press(page, "speed-table", "Time of a run");
  assert.equal((await column(page, "speed-table", "Variant"))[0], "concurrency=8");
  await page.click("#runs summary");
  assert.deepEqual((await column(page, "run-table", "Order")).map(Number), Array.from({length: 30}, (_, i) => i + 1));
  await press(page, "run-table", "Missed");
  await press(page, "run-table", "Missed");
  assert.equal((await column(page, "run-table", "Variant"))[0], "concurrency=1024");
  assert.equal(await page.textContent("#flip-table .told"), "1 to 50 of 1,000 ports");
  assert.match(await page.textContent("#flips"), /1,234 ports did not look the same.*The first 1,000 are listed/);
  assert.equal((await column(page, "flip-table", "Seen as"))[0], "open 20, filtered 10");
  assert.equal((await column(page, "flip-table", "Variants that departed"))[0], "concurrency=8, concurrency=1024");
  await shut(page);
});

test("comparison page: 6 variants of 5 runs, with the most flips, stay below 600 KB", () => {
  assert.ok(statSync(limits).size < 600e3, `${statSync(limits).size} bytes`);
});

test("comparison page: nothing to recommend or to measure is said, not drawn", async () => {
  const page = await open(nothing);
  assert.equal(await page.textContent("#badge"), "INCOMPLETE");
  assert.match(await page.textContent("#answer"), /^No recommendationNo variant can be recommended/);
  assert.match(await page.textContent("#recall"), /no open port to measure by/);
  assert.match(await page.textContent("#connect"), /No open port was found/);
  assert.match(await page.textContent("#flips"), /No port looked different/);
  assert.equal(await page.locator("tr.marked").count(), 0);
  await checkCharts(page, ["speed-chart"]);
  await shut(page);
});

test("comparison page: hostile names and messages stay text, in charts too", async () => {
  const page = await open(strange);
  const names = ["</script><script>window.hacked=1</script>", '<img src=x onerror="window.hacked=1">', "\\u{202e}gro.elpmaxe\\u{202c}\\u{2028}'\"&amp;<!--"];
  assert.equal(await page.textContent("#answer .big"), `Use ${names[1]} ${names[1]}=10`);
  assert.equal(await page.textContent("#why"), names[0] + names[2]);
  assert.equal(await page.textContent("#warnings li"), names[1]);
  assert.match(await page.textContent("#speed .note"), /^1 run failed/);
  assert.deepEqual(await column(page, "flip-table", "Host"), [names[1], names[1], names[1]]);
  assert.deepEqual((await column(page, "speed-table", "Variant")).map((name) => name.replace(" ✓", "")), [`${names[0]} ports=10`, `${names[1]} ${names[1]}=10`, `${names[2]} ports=20`]);
  // The failed run has no dot.
  assert.equal((await marks(page, "speed-chart")).runs.length, 14);
  assert.ok((await page.locator("#connect-chart svg text").allTextContents()).includes(`${names[2]} ports=20`));
  await checkHarmless(page);
  await shut(page);
});

test("comparison page: a sheet of paper is wide enough, and white", async () => {
  for (const file of [limits, strange]) await checkPaper(file);
});

test("comparison page: pictures, wide and narrow, light and dark", async () => {
  await shoot(limits, "compare-wide", {width: 1280});
  await shoot(limits, "compare-narrow", {width: 390});
  await shoot(limits, "compare-wide-dark", {width: 1280, scheme: "dark"});
  await shoot(limits, "compare-narrow-dark", {width: 390, scheme: "dark"});
  await shoot(strange, "compare-strange-narrow", {width: 390});
  await shoot(nothing, "compare-nothing", {width: 1280});
});
