/**
 * The images, who has them, and what pseudonymizing did: the middle of the page.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { labelOfFolder } from "./class-folder.mjs";
import { escaped } from "./contact-sheet.mjs";
import { compareHeaders, findPseudonymized, printHeaders } from "./header-comparison.mjs";
import { SECRET } from "./layout.mjs";
import { figure } from "./page-results.mjs";
import { countImages } from "./privacy.mjs";
import { HOSPITALS, SCANS } from "./settings.mjs";

/** A file of the scans that is shown before and after. */
const SHOWN_SCAN = "explicit_big.dcm";
const MOST_ROWS = 6;
const MOST_PREVIEWS = 12;

/** @param {import("./options.mjs").Options} options */
export async function dataSections({ source, output }) {
  return [
    shareSection(output),
    `<section><h2>Contact sheet</h2>${figure("contact-sheet.svg", "some training images of each class")}</section>`,
    // What is one's own is not put on a page.
    source === undefined ? await beforeAndAfter(output) : ownLookup(),
    ...(source === undefined ? [await scansSection(output)] : []),
  ];
}

/** @param {string} output */
function shareSection(output) {
  const classes = readdirSync(join(output, "6-dataset", "train")).sort();
  const row = (/** @type {string} */ name, /** @type {string} */ folder) => {
    const counts = classes.map((label) => {
      const path = join(output, folder, label);
      return existsSync(path) ? countImages(path) : 0;
    });
    const sum = counts.reduce((a, b) => a + b, 0);
    return `<tr><td>${name}</td>${[...counts, sum].map((n) => `<td class="n">${n}</td>`).join("")}</tr>`;
  };
  return `<section><h2>Who has what</h2>
<p>A patient is in one part and at one hospital only. Hospitals see different patients: what one has seldom seen, it can't learn alone.</p>
<div class="wide"><table><tr><th>images</th>${classes.map((name) => `<th class="n">${escaped(labelOfFolder(name))}</th>`).join("")}<th class="n">all</th></tr>
${HOSPITALS.flatMap((name) => [
  row(`${name}, to train`, `7-hospitals/${name}/train`),
  row(`${name}, to validate`, `7-hospitals/${name}/valid`),
]).join("\n")}
${row("validation set of all", "6-dataset/valid")}
${row("test set of all", "6-dataset/test")}
</table></div></section>`;
}

/** @param {string} output */
async function beforeAndAfter(output) {
  const table = readFileSync(join(output, SECRET, "lookup.csv"), "utf8")
    .trimEnd()
    .split("\n");
  const rows = table.map((line) => line.split(","));
  const pseudonyms = new Map(rows.slice(1).map(([old = "", fresh = ""]) => [old, fresh]));
  const labelled = join(output, SECRET, "2-labelled");
  const paths = readdirSync(labelled, { recursive: true }).map(String).sort();
  const file = join(labelled, paths.find((path) => path.endsWith(".dcm")) ?? "");
  const found = await findPseudonymized(file, join(output, "3-pseudonymized"), pseudonyms);
  const headers = found === undefined ? [] : await compareHeaders(file, found);
  console.log("\nA header before and after:\n");
  printHeaders(headers);
  return `<section><h2>Pseudonymized</h2>
<p>The patients are invented. <a href="${SECRET}/lookup.csv">The lookup table</a> tells ${rows.length - 1} rows of who became who. Of your
own files nothing is shown here, and <code>${SECRET}/</code> has all that tells who they are of.</p>
<div class="wide"><table>${rows
    .slice(0, MOST_ROWS + 1)
    .map((cells, i) => {
      const kind = i === 0 ? "th" : "td";
      return `<tr>${cells.map((cell) => `<${kind}>${escaped(cell)}</${kind}>`).join("")}</tr>`;
    })
    .join("\n")}</table></div>
<h3>A header before and after</h3>
${headerTable(headers)}</section>`;
}

function ownLookup() {
  return `<section><h2>Pseudonymized</h2><p>Who became who is in <code>${SECRET}/lookup.csv</code>, which is not shown here. <code>${SECRET}/</code>
has the originals, the lookup table and the keys: hand on anything but that. Pseudonymized is not anonymous, and pixels were not looked at;
names of classes are yours, and stay.</p></section>`;
}

/** @param {string} output */
async function scansSection(output) {
  const after = join(output, "scans", "pseudonymized", SHOWN_SCAN);
  const headers = await compareHeaders(join(SCANS, SHOWN_SCAN), after);
  const previews = readdirSync(join(output, "scans", "previews"), { recursive: true })
    .map((path) => String(path).replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".png"))
    .sort();
  return `<section><h2>Real MR and CT files, by the same key</h2>
<div class="scans">${previews
    .slice(0, MOST_PREVIEWS)
    .map((path) => figure(`scans/previews/${path}`, path.replace(/\.png$/, "")))
    .join("\n")}</div>
<details><summary>The header of ${SHOWN_SCAN}, before and after</summary>${headerTable(headers)}</details></section>`;
}

/** @param {readonly import("./header-comparison.mjs").Row[]} rows */
function headerTable(rows) {
  const changed = rows.filter(({ before, after }) => before !== after);
  const lines = changed.map(
    ({ tag, keyword, before, after }) =>
      `<tr><td>${tag}</td><td>${escaped(keyword)}</td><td>${escaped(before)}</td><td>${escaped(after)}</td></tr>`,
  );
  return `<div class="wide"><table class="header"><tr><th>element</th><th></th><th>before</th><th>after</th></tr>${lines.join("\n")}</table></div>
<p class="soft">The other ${rows.length - changed.length} elements are byte for byte what they were.</p>`;
}
