// The page of a run, in a browser.
import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {after} from "node:test";
import {build, checkCharts, checkHarmless, checkPaper, close, column, embedded, open, place, portolan, press, shoot, shut, test, told, tool} from "./browser.mjs";

after(close);

const office = tool("page", "office"), hostile = tool("page", "hostile");
const large = tool("page", "large"), empty = tool("page", "empty");

test("run page: a real scan shows what results.json says", {skip: process.env.PORTOLAN_NAMESPACE !== "1" && "no network namespace can be made here"}, async () => {
  const profile = join(place, "real.yaml"), html = join(place, "real.html"), json = join(place, "real.json");
  writeFileSync(profile, "description: a scan of this namespace\nhosts: [127.0.0.1, '::1']\nports: 1-2000\n" +
    "expect:\n  - hosts: 127.0.0.1\n    open: [80, 81]\n    closed: 82\n");
  const ended = spawnSync(join(build, "tests/listen"), ["80", "443", "1999", "--", portolan, "run", profile, "--html", html, "--json", json, "--quiet"]);
  assert.equal(ended.status, 1, "port 81 is expected open and is not");
  const told = JSON.parse(readFileSync(json, "utf8"));
  const page = await open(html);
  assert.equal(await page.textContent("#badge"), "COMPLETE");
  assert.equal(await page.textContent("#description"), "a scan of this namespace");
  assert.deepEqual(await column(page, "result-table", "Host"), told.results.map(({host}) => host));
  assert.deepEqual(await column(page, "result-table", "Port"), told.results.map(({port}) => String(port)));
  assert.equal(await page.locator(".matrix tbody td.state-open").count(), 6);
  const data = await embedded(page, "data");
  for (const key of ["tool", "run", "summary", "unresolved", "warnings", "expectations"]) assert.deepEqual(data[key], told[key], key);
  assert.deepEqual(await column(page, "expectation-table", "Verdict"), ["fail", "pass", "pass"]);
  await checkCharts(page, ["rtt"]);
  await shut(page);
});

test("run page: says what is incomplete, unresolved and warned of", async () => {
  const page = await open(office);
  assert.equal(await page.textContent("#badge"), "INCOMPLETE");
  const summary = await page.textContent("#summary");
  for (const text of ["deadline", "4,000 probes never got asked", "failed to ask", "did not resolve", "printer.example", "clamped to 512"])
    assert.ok(summary.includes(text), text);
  await shut(page);
});

test("run page: expectations are shown, those that failed first", async () => {
  const page = await open(office);
  assert.match(await page.textContent("#expectations"), /2 passed, 1 failed, 1 inconclusive/);
  assert.deepEqual(await column(page, "expectation-table", "Verdict"), ["fail", "inconclusive", "pass", "pass"]);
  assert.deepEqual(await column(page, "expectation-table", "Host"), ["198.18.0.2", "198.18.0.3", "198.18.0.1", "printer.example"]);
  assert.deepEqual(await column(page, "expectation-table", "Port"), ["23", "25", "22", "all others"]);
  assert.deepEqual(await column(page, "expectation-table", "Found"), ["× closed", "? filtered", "● open", "none open"]);
  await shut(page);
});

test("run page: the charts show the numbers of the results", async () => {
  const page = await open(office);
  const {groups} = await embedded(page, "rows");
  const rows = groups.flatMap(([, , list]) => list);
  const open_ports = rows.filter((row) => row[1] === 0);
  await checkCharts(page, ["rtt"]);
  const bins = await page.evaluate(() => [...document.querySelectorAll("#rtt details tbody tr")].map((row) => [...row.cells].map((cell) => Number(cell.textContent.replace(/,/g, "")))));
  assert.equal(await page.locator("#rtt svg g.bins rect").count(), bins.length);
  const measured = rows.filter((row) => row[3] !== null).map((row) => row[3] / 1000);
  assert.equal(bins.reduce((sum, bin) => sum + bin[2], 0), measured.length);
  // Bars rise with their counts.
  const heights = await page.evaluate(() => [...document.querySelectorAll("#rtt svg g.bins rect")].map((bar) => Number(bar.getAttribute("height"))));
  const unit = Math.max(...heights) / Math.max(...bins.map((bin) => bin[2]));
  bins.forEach((bin, i) => assert.ok(Math.abs(heights[i] - bin[2] * unit) < 0.5, `bar ${i}`));
  assert.equal(await page.locator("#rtt svg g.quantiles line").count(), 3);
  // The matrix has a mark for each result of the ports and hosts that it shows.
  assert.equal(await page.locator(".matrix tbody td.state-open").count(), open_ports.length);
  const hosts = new Set(groups.filter(([, , list]) => list.some((row) => row[1] === 0)).map(([host]) => host));
  assert.equal(await page.locator(".matrix tbody tr").count(), hosts.size);
  await shut(page);
});

test("run page: sorts by any column, absent values last", async () => {
  const page = await open(office);
  await page.selectOption("#result-table select", "1000");
  const number = (texts) => texts.map((text) => (text === "–" ? null : Number(text.replace(/,/g, ""))));
  for (const title of ["Port", "Round trip (ms)", "Connect (ms)", "At (s)"]) {
    await press(page, "result-table", title);
    const up = number(await column(page, "result-table", title));
    const present = up.filter((value) => value !== null);
    assert.deepEqual(present, [...present].sort((a, b) => a - b), `${title} ascending`);
    assert.equal(up.slice(0, present.length).includes(null), false, `${title}: absent last`);
    assert.equal(await page.getAttribute(`#result-table th[data-column="${title}"]`, "aria-sort"), "ascending");
    await press(page, "result-table", title);
    const down = number(await column(page, "result-table", title));
    assert.deepEqual(down.filter((value) => value !== null), [...present].reverse(), `${title} descending`);
    assert.equal(down.slice(0, present.length).includes(null), false, `${title}: absent last again`);
  }
  await press(page, "result-table", "Host");
  const hosts = await column(page, "result-table", "Host");
  // By number, not by letter: .2 before .10.
  assert.ok(hosts.indexOf("198.18.0.2") < hosts.indexOf("198.18.0.10"));
  await shut(page);
});

test("run page: filters by text, ports and state", async () => {
  const page = await open(office);
  const {groups} = await embedded(page, "rows");
  const rows = groups.flatMap(([host, , list]) => list.map((row) => ({host, port: row[0], state: row[1]})));
  const expect = async (test) => {
    const wanted = rows.filter(test).length;
    await page.waitForFunction((n) => new RegExp(`(^| of )${n} results?( |$)`).test(document.querySelector("#result-table .told").textContent), wanted);
  };
  await page.fill("#ports", "22, 400-1000");
  await expect(({port}) => port === 22 || (port >= 400 && port <= 1000));
  await page.fill("#search", "198.18.0.9");
  await expect(({host, port}) => host === "198.18.0.9" && (port === 22 || (port >= 400 && port <= 1000)));
  await page.fill("#ports", "22,x");
  await page.waitForSelector('#ports[aria-invalid="true"]');
  await page.click("text=Show all");
  await expect(() => true);
  await page.uncheck('input[value="open"]');
  await expect(({state}) => state !== 0);
  await page.uncheck('input[value="filtered"]');
  await expect(({state}) => state === 3);
  assert.deepEqual([...new Set(await column(page, "result-table", "Reason"))], ["EMFILE"]);
  await page.fill("#search", "no such thing");
  await expect(() => false);
  assert.equal((await column(page, "result-table", "Port")).length, 0);
  await shut(page);
});

test("run page: 100,000 results, page by page", async () => {
  const page = await open(large);
  assert.equal(await told(page, "result-table"), "1 to 50 of 100,000 results");
  assert.equal((await column(page, "result-table", "Port")).length, 50);
  await page.click("#result-table >> text=Last");
  assert.equal(await told(page, "result-table"), "99,951 to 100,000 of 100,000 results");
  assert.equal((await column(page, "result-table", "Port")).at(-1), "10000");
  await page.click("#result-table >> text=Previous");
  assert.equal(await told(page, "result-table"), "99,901 to 99,950 of 100,000 results");
  await press(page, "result-table", "Round trip (ms)");
  await press(page, "result-table", "Round trip (ms)");
  assert.equal((await column(page, "result-table", "Port"))[0], "3977"); // 97 × 41: the longest round trip, 200 + 3977 µs
  await page.uncheck('input[value="closed"]');
  await page.waitForFunction(() => document.querySelector("#result-table .told").textContent.includes("1,030 results (of 100,000 in all)"));
  await shut(page);
});

test("run page: nothing found is said, not drawn", async () => {
  const page = await open(empty);
  assert.equal(await page.textContent("#badge"), "COMPLETE");
  assert.match(await page.textContent("#matrix"), /No port is open/);
  assert.match(await page.textContent("#results"), /No port is in one of the states/);
  assert.equal(await page.locator("figure").count(), 0);
  await shut(page);
});

test("run page: hostile names, description and messages stay text", async () => {
  const page = await open(hostile);
  const names = ["</script><script>window.hacked=1</script>", '<img src=x onerror="window.hacked=1">', "\\u{202e}gro.elpmaxe\\u{202c}\\u{2028}'\"&amp;<!--"];
  assert.deepEqual(await column(page, "result-table", "Host"), names);
  assert.equal(await page.textContent("#description"), names.join(" "));
  assert.ok((await page.textContent("h1")).includes(names[1]));
  assert.equal(await page.textContent("#unresolved li"), `${names[1]}: ${names[2]}`);
  assert.equal(await page.textContent("#warnings li"), names[0]);
  assert.equal(await page.title(), `portolan: ${names[1]}`);
  // The data itself is whole: what was visible is what was meant.
  const {groups} = await embedded(page, "rows");
  assert.equal(groups[2][0], "\u202egro.elpmaxe\u202c\u2028'\"&amp;<!--");
  await checkHarmless(page);
  await shut(page);
});

test("run page: on paper the closed chapters are open, and closed again after", async () => {
  const page = await open(office);
  await page.evaluate(() => {
    window.seen = [];
    addEventListener("beforeprint", () => window.seen.push(document.querySelectorAll("details:not([open])").length));
  });
  const paper = await page.pdf({format: "A4"});
  assert.deepEqual(await page.evaluate(() => window.seen), [0]);
  assert.ok(paper.length > 10000);
  assert.equal(await page.locator("details[open]").count(), 0);
  await shut(page);
});

test("run page: a sheet of paper is wide enough, and white", async () => {
  for (const file of [office, large, hostile]) await checkPaper(file);
});

test("run page: pictures, wide and narrow, light and dark", async () => {
  await shoot(office, "run-wide", {width: 1280});
  await shoot(office, "run-narrow", {width: 390});
  await shoot(office, "run-wide-dark", {width: 1280, scheme: "dark"});
  await shoot(office, "run-narrow-dark", {width: 390, scheme: "dark"});
  await shoot(hostile, "run-hostile-narrow", {width: 390});
  await shoot(large, "run-large", {width: 1600});
});
