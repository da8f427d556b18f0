/**
 * Commands and files: the lower end of the page.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { seconds } from "./console.mjs";
import { escaped } from "./contact-sheet.mjs";
import { SECRET } from "./layout.mjs";
import { HOSPITALS } from "./settings.mjs";

/**
 * @param {readonly import("./run-steps.mjs").Step[]} steps
 * @param {ReadonlyMap<string, import("./run-steps.mjs").Record>} known
 */
export function stepsSection(steps, known) {
  const parts = steps.map(({ name, title }, i) => {
    const { ms = 0, commands = [], said } = known.get(name) ?? {};
    const told = [said, seconds(ms)].filter(Boolean).join(", ");
    const typed = commands.length === 0 ? "" : `<pre>${escaped(commands.join("\n"))}</pre>`;
    return `<details><summary>${i + 1}. ${escaped(title)} <span>${escaped(told)}</span></summary>${typed}</details>`;
  });
  return `<section><h2>Steps, and how each is typed</h2>
<p>All in one: <a href="commands.sh">commands.sh</a>. Each runs alone, on data of your own too. OUTPUT is the folder of this page, SOURCE
that of the DICOM files.</p>
${parts.join("\n")}</section>`;
}

/**
 * @param {string} output
 * @param {(path: string) => boolean} exists
 */
export function fileSection(output, exists) {
  const models = readdirSync(join(output, "8-federated", "models"))
    .filter((name) => /\.(npz|safetensors|json)$/.test(name))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((name) => `8-federated/models/${name}`);
  const sites = HOSPITALS.flatMap((name) =>
    readdirSync(join(output, "8-federated", name))
      .filter((file) => /\.(csv|jsonl|svg)$/.test(file))
      .sort()
      .map((file) => `8-federated/${name}/${file}`),
  );
  const others = ["6-dataset/manifest.csv", "7-hospitals/manifest.csv"];
  const results = ["comparison.json", "epsilon.json", "matrix.svg", "roc.svg", "curves.svg"];
  const files = [...others, ...results.map((name) => `result/${name}`)].filter(exists);
  return `<section><h2>Files</h2>
<p>Hand on anything but <code>${SECRET}/</code>: it has the originals, the lookup table and the keys. Who has it
can undo the pseudonyms. Look at the images first: what is burned into pixels stays.</p>
<h3>Data and figures</h3>${list(files)}
<h3>Models after each round, and the history</h3>${list(models)}
<h3>Of each hospital: log of epochs, privacy ledger, pictures of its own validation set</h3>${list(sites)}</section>`;
}

/** @param {readonly string[]} paths */
function list(paths) {
  return `<ul>${paths.map((path) => `<li><a href="${escaped(encodeURI(path))}">${escaped(path)}</a></li>`).join("\n")}</ul>`;
}
