// What the browser tests share: Debian's chromium without a network, and a page that is watched.
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import nodeTest from "node:test";
import {chromium} from "playwright-core";

export const top = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
export const build = process.env.PORTOLAN_BUILD ?? join(top, "build");
export const portolan = join(build, "portolan");
export const shots = join(build, "screenshots");
export const place = mkdtempSync(join(tmpdir(), "portolan-browser-"));
mkdirSync(shots, {recursive: true});

// --no-sandbox: root has no other way, and the pages are ours.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
// A test that hangs is a failure of its own, not of all that follow.
export const test = (name, options, body) => (body ? nodeTest(name, {timeout: 60000, ...options}, body) : nodeTest(name, {timeout: 60000}, options));
export async function close() {
  await browser.close();
  rmSync(place, {recursive: true, force: true});
}

// Runs a tool of the build; the file it wrote.
export function tool(name, ...words) {
  const file = join(place, `${words[0]}.html`);
  execFileSync(join(build, "tests", name), [...words, file], {stdio: "inherit"});
  return file;
}

// Opens the file, and fails if it asks for anything else or complains on the console.
export async function open(file, {width = 1280, height = 900, scheme = "light"} = {}) {
  const context = await browser.newContext({viewport: {width, height}, colorScheme: scheme, offline: true});
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.stack}`));
  page.on("request", (request) => {
    if (request.url() !== `file://${file}`) complaints.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(`file://${file}`);
  await page.waitForSelector("html[data-ready]", {state: "attached"});
  page.complaints = complaints;
  return page;
}

// Ends it, and says what was wrong.
export async function shut(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

// A picture to look at; the page itself must not scroll sideways.
export async function shoot(file, name, size) {
  const page = await open(file, size);
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${name}: ${content} pixels wide in a window of ${window}`);
  await page.screenshot({path: join(shots, `${name}.png`), fullPage: true});
  await shut(page);
}

// On a sheet of A4 (700 pixels between the margins) nothing is cut off.
export async function checkPaper(file) {
  const page = await open(file, {width: 700, scheme: "dark"});
  await page.emulateMedia({media: "print"});
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.waitForFunction(() => [...document.querySelectorAll(".chart > svg")].every((svg) => svg.getBoundingClientRect().right <= innerWidth));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 700, `${file} is wider than a sheet`);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  await shut(page);
}

export const embedded = (page, id) => page.evaluate((key) => JSON.parse(document.getElementById(key).textContent), id);

// The texts of a column of a data table, as shown.
export const column = (page, table, title) => page.evaluate(([id, name]) => {
  const heads = [...document.querySelectorAll(`#${id} thead th`)];
  const at = heads.findIndex((head) => head.dataset.column === name);
  if (at < 0) throw new Error(`no column ${name}`);
  return [...document.querySelectorAll(`#${id} tbody tr`)].map((row) => row.cells[at].textContent);
}, [table, title]);
export const press = (page, table, title) => page.click(`#${table} th[data-column="${title}"] button`);
export const told = (page, table) => page.textContent(`#${table} .told`);

// Every chart: a description, a picture hidden from readers, its numbers in a table.
export async function checkCharts(page, ids) {
  const found = await page.evaluate(() => [...document.querySelectorAll("figure")].map((figure) => ({
    id: figure.id,
    label: figure.querySelector(".chart").getAttribute("aria-label"),
    role: figure.querySelector(".chart").getAttribute("role"),
    drawn: figure.querySelectorAll(".chart > svg, .chart > figure").length,
    hidden: figure.querySelector(".chart > *")?.getAttribute("aria-hidden"),
    rows: figure.querySelectorAll("details tbody tr").length,
  })));
  assert.deepEqual(found.map(({id}) => id), ids);
  for (const one of found) {
    assert.ok(one.label.length > 20, `${one.id} has a description`);
    assert.equal(one.role, "img");
    assert.equal(one.drawn, 1, `${one.id} is drawn`);
    assert.equal(one.hidden, "true");
    assert.ok(one.rows > 0, `${one.id} has its numbers`);
  }
}

// Text from outside made no element and ran nothing; the policy would not have let it.
export async function checkHarmless(page) {
  const state = await page.evaluate(async () => {
    const violations = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "window.hacked = 2";
    document.body.append(script);
    const image = document.createElement("img");
    image.src = "http://127.0.0.1:9/x.png";
    document.body.append(image);
    const answer = await fetch("http://127.0.0.1:9/").then(() => "answered", () => "refused");
    await new Promise((done) => setTimeout(done, 100));
    script.remove();
    image.remove();
    return {
      answer, violations: violations.sort(), hacked: window.hacked ?? null,
      scripts: document.querySelectorAll("main script").length, images: document.querySelectorAll("img").length,
      raw: document.querySelector("main").textContent.match(/[\u202a-\u202e\u2066-\u2069\u2028\u2029]/g),
    };
  });
  assert.deepEqual(state, {answer: "refused", violations: ["connect-src", "img-src", "script-src-elem"],
    hacked: null, scripts: 0, images: 0, raw: null});
  // What the attempts above left behind is no fault of the page's.
  page.complaints = page.complaints.filter((text) => !/Content Security Policy|violates the following|^request: http:\/\/127\.0\.0\.1:9\//.test(text));
}
