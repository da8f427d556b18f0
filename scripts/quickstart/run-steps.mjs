/**
 * Steps in their order. What was finished is in `secret/state.json`, so that a run that was interrupted goes on; a step that was
 * not finished, or whose settings or predecessors are other ones, is done again, and what it wrote is removed before.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { QuickstartError, seconds } from "./console.mjs";
import { SECRET } from "./layout.mjs";

/** What ran, on which folders. */
const STATE = join(SECRET, "state.json");

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} title
 * @property {readonly string[]} outputs - paths in the folder, which are this step's alone
 * @property {unknown} [settings] - beyond those of the steps before: others make it be done again
 * @property {boolean} [goesOn] - it can go on with an output that is not finished
 * @property {() => Promise<string | undefined>} run - may give a line that says what was done
 */

/**
 * @typedef {object} Record
 * @property {string} fingerprint
 * @property {"begun" | "done"} status
 * @property {number} [ms]
 * @property {string} [said]
 * @property {readonly string[]} [commands]
 */

/**
 * Refuses a folder that has something else in it, and makes the secret one, which nobody else may read.
 *
 * @param {string} folder
 */
export function openOutput(folder) {
  mkdirSync(folder, { recursive: true });
  const isOwn = existsSync(join(folder, STATE));
  if (!isOwn && readdirSync(folder).length > 0) {
    throw new QuickstartError(
      "--output: the folder has something in it that this quickstart did not write; remove it, or take another",
      { exitCode: 2 },
    );
  }
  mkdirSync(join(folder, SECRET), { recursive: true });
  // Whoever made it, and whatever the umask is.
  chmodSync(join(folder, SECRET), 0o700);
  if (!isOwn) writeState(folder, {});
}

/**
 * @param {string} folder
 * @param {readonly Step[]} steps
 * @param {{ typed: () => readonly string[] }} children
 * @returns {Promise<ReadonlyMap<string, Record>>} what is known of all steps
 */
export async function runSteps(folder, steps, children) {
  let fingerprint = "";
  for (const [i, step] of steps.entries()) {
    const state = readState(folder);
    const { name, settings = null } = step;
    fingerprint = createHash("sha256")
      .update(JSON.stringify([fingerprint, name, settings]))
      .digest("hex");
    const known = state[name];
    const isSame = known?.fingerprint === fingerprint;
    const isThere = step.outputs.every((output) => existsSync(join(folder, output)));
    const head = `[${i + 1}/${steps.length}] ${step.title}`;
    if (isSame && known.status === "done" && isThere) {
      console.log(`${head}: done before`);
      continue;
    }
    console.log(head);
    const goesOn = step.goesOn === true && isSame && known.status === "begun";
    if (!goesOn) {
      for (const output of step.outputs)
        rmSync(join(folder, output), { recursive: true, force: true });
    }
    // What comes after is made of this: from here on it is not there any more.
    const before = steps
      .slice(0, i)
      .flatMap((one) => Object.entries(state).filter(([key]) => key === one.name));
    writeState(folder, { ...Object.fromEntries(before), [name]: { fingerprint, status: "begun" } });
    const typedBefore = children.typed().length;
    const began = performance.now();
    const said = await step.run();
    const ms = Math.round(performance.now() - began);
    const commands = children.typed().slice(typedBefore);
    writeState(folder, {
      ...readState(folder),
      [name]: { fingerprint, status: "done", ms, commands, ...(said && { said }) },
    });
    console.log(`  ${said ? `${said}, ` : ""}${seconds(ms)}`);
  }
  const all = readState(folder);
  return new Map(steps.flatMap(({ name }) => (all[name] ? [[name, all[name]]] : [])));
}

/**
 * Removes what steps wrote, and nothing else.
 *
 * @param {string} folder
 * @param {readonly Step[]} steps
 */
export function forget(folder, steps) {
  for (const name of [...steps.flatMap(({ outputs }) => outputs), STATE]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  writeState(folder, {});
}

/**
 * @param {string} folder
 * @returns {globalThis.Record<string, Record>}
 */
function readState(folder) {
  return JSON.parse(readFileSync(join(folder, STATE), "utf8"));
}

/**
 * @param {string} folder
 * @param {globalThis.Record<string, Record>} state
 */
function writeState(folder, state) {
  const file = join(folder, STATE);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}
