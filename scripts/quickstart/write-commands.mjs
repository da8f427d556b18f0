/**
 * All commands as a script, to be run again, or copied from.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { commandLine, shown } from "./console.mjs";
import { inputFolder, SECRET } from "./layout.mjs";
import { programOf, root } from "./workspace.mjs";

const COMMANDS = /** @type {const} */ ([
  ...["dsail-convert", "dsail-pseudonymize", "dsail-dp", "dsail-fl-server", "dsail-fl-client"],
]);

/**
 * @param {string} file
 * @param {import("./options.mjs").Options} options
 * @param {readonly import("./run-steps.mjs").Step[]} steps
 * @param {ReadonlyMap<string, import("./run-steps.mjs").Record>} known
 */
export function writeCommands(file, options, steps, known) {
  const input = inputFolder(options);
  const own =
    input === options.source ? "?the folder of the DICOM files" : `-$HERE/${SECRET}/1-input`;
  const functions = COMMANDS.map((name) => {
    const program = programOf(/** @type {import("./workspace.mjs").CommandName} */ (name));
    return `${name}() { node ${commandLine(shown(program), [])} "$@"; }`;
  });
  const parts = steps.flatMap(({ name, title }) => {
    const lines = known.get(name)?.commands ?? [];
    const wait = lines.some((line) => line.endsWith(" &")) ? ["wait"] : [];
    return lines.length === 0 ? [] : ["", `# ${title}`, ...lines, ...wait];
  });
  writeFileSync(
    file,
    `#!/usr/bin/env bash
# What the quickstart ran. Nothing that exists is replaced: take another folder, OUTPUT=FOLDER bash commands.sh
# SOURCE is the folder that has a folder of DICOM files for each class. What is left in secret/ tells who patients are.
# Elsewhere than in this repository leave out the functions, after: npm install @dsail/converter …
set -euo pipefail
HERE=$(dirname -- "$0")
OUTPUT=\${OUTPUT:-$HERE}
SOURCE=\${SOURCE:${own}}
mkdir -p -- "$OUTPUT"
OUTPUT=$(cd -- "$OUTPUT" && pwd)
SOURCE=$(cd -- "$SOURCE" && pwd)
cd '${root.replaceAll("'", `'\\''`)}'
${functions.join("\n")}
${parts.join("\n")}
`,
  );
}
