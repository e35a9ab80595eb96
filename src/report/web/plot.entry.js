// What the pages use of Observable Plot, and no more: esbuild leaves the rest out.
export {plot, dot, link, rectY, ruleX, ruleY, tickX, text, axisX, axisY} from "@observablehq/plot";
