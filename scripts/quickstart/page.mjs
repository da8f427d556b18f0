/**
 * The page that shows what came out, and the commands to repeat it.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeContactSheet } from "./contact-sheet.mjs";
import { dataSections } from "./page-data.mjs";
import { fileSection, stepsSection } from "./page-files.mjs";
import { resultSections } from "./page-results.mjs";
import { STYLE } from "./page-style.mjs";
import { writeCommands } from "./write-commands.mjs";

/** @typedef {import("./options.mjs").Options} Options */

/**
 * Writes `index.html`, `contact-sheet.svg` and `commands.sh`.
 *
 * @param {Options} options
 * @param {readonly import("./run-steps.mjs").Step[]} steps
 * @param {ReadonlyMap<string, import("./run-steps.mjs").Record>} known
 * @returns {Promise<string>} path of the page
 */
export async function writePage(options, steps, known) {
  const { output } = options;
  writeContactSheet(join(output, "contact-sheet.svg"), join(output, "6-dataset", "train"));
  writeCommands(join(output, "commands.sh"), options, steps, known);
  const comparison = readJson(join(output, "result", "comparison.json"));
  const spent = readJson(join(output, "result", "epsilon.json"));
  const privacy = readJson(join(output, "privacy.json"));
  const file = join(output, "index.html");
  writeFileSync(
    file,
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>D-SAIL quickstart</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${[
  ...resultSections(options, { comparison, spent, privacy }),
  ...(await dataSections(options)),
  stepsSection(steps, known),
  fileSection(output, (path) => existsSync(join(output, path))),
].join("\n")}
</main>
</body>
</html>
`,
  );
  return file;
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
