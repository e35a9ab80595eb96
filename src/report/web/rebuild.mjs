// Builds vendor/plot.min.js and vendor/LICENSES.txt from the locked packages.
//   npm ci && npm run build     after a change of plot.entry.js or of a version
//   npm ci && npm run check     is what is committed what the lockfile gives?
import {readFileSync, writeFileSync, readdirSync} from "node:fs";
import {build} from "esbuild";

const bundle = "vendor/plot.min.js";
const licences = "vendor/LICENSES.txt";

async function bundled(banner) {
  const result = await build({
    entryPoints: ["plot.entry.js"],
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "Plot",
    target: "es2020",
    charset: "ascii",
    legalComments: "none",
    banner: {js: banner},
    write: false,
    outfile: bundle,
    metafile: true,
  });
  const inputs = Object.values(result.metafile.outputs)[0].inputs;
  const packages = new Set();
  for (const [path, {bytesInOutput}] of Object.entries(inputs)) {
    const name = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/);
    if (name && bytesInOutput > 0) packages.add(name[1]);
  }
  return {text: result.outputFiles[0].text, packages: [...packages].sort()};
}

function licenceOf(name) {
  const folder = `node_modules/${name}`;
  const {version, license} = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file`);
  return {name, version, license, text: readFileSync(`${folder}/${file}`, "utf8").trim()};
}

// All share one permission; two carry a further licence for code or colours that they took over.
function terms(list) {
  const flat = (text) => text.replace(/\s+/g, " ").trim();
  const paragraphs = (text) => text.split(/\n\s*\n/).map((part) => part.trim());
  const permission = paragraphs(list[0].text).slice(1);
  const shared = new Set(permission.map(flat));
  const entries = list.map(({name, version, text}) => {
    const own = paragraphs(text).filter((part) => !shared.has(flat(part)));
    return `${name} ${version}: ${own.join("\n\n")}`;
  });
  return `${entries.join("\n")}\n\n${permission.join("\n\n")}`;
}

const {packages} = await bundled("");
const list = packages.map(licenceOf);
const other = list.filter(({license}) => license !== "ISC");
if (other.length) throw new Error(`not ISC: ${other.map(({name}) => name)}: have the notice say so`);
const all = `${terms(list)}\n`;
// They travel inside the bundle: every page is a copy, and the licences ask for it there.
const {text} = await bundled(`/*! Bundled in this page:\n${all.replaceAll("*/", "* /")}*/`);
if (/<\/script|<!--/i.test(text)) throw new Error("the bundle would end the script element");
if (process.argv.includes("--check")) {
  if (readFileSync(bundle, "utf8") !== text || readFileSync(licences, "utf8") !== all) {
    console.error(`${bundle} is not what the lockfile gives: npm run build`);
    process.exit(1);
  }
} else {
  writeFileSync(bundle, text);
  writeFileSync(licences, all);
}
console.log(`${bundle}: ${text.length} bytes of ${packages.length} packages`);
