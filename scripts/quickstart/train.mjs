/**
 * A training: a server and its clients, each a process of its own, that know each other by certificates.
 *
 * @module
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { QuickstartError, shown } from "./console.mjs";
import { freePort } from "./free-port.mjs";

/**
 * @typedef {object} Site
 * @property {string} name - that of its certificate
 * @property {string} dataPath
 * @property {number} batchSize
 * @property {number} noiseMultiplier
 */

/**
 * @typedef {object} Training
 * @property {string} folder - what it writes
 * @property {readonly Site[]} sites
 * @property {string} certificates - folder of the authority
 * @property {readonly string[]} classes
 * @property {number} rounds
 * @property {number} learningRate
 * @property {number} delta
 * @property {number} epsilon - no round may go beyond
 * @property {string} arch
 * @property {number} imageSize
 * @property {number} seed
 * @property {(line: string) => void} [onRound]
 */

/**
 * Trains to the last round, or on from where an earlier call was ended.
 *
 * @param {import("./children.mjs").Children} children
 * @param {Training} training
 */
export async function train(children, training) {
  const { folder, sites, onRound } = training;
  const address = `127.0.0.1:${await freePort()}`;
  const folders = sites.map(({ name }) => join(folder, name));
  for (const one of folders) mkdirSync(one, { recursive: true });
  children.note("mkdir", ["-p", ...folders]);
  const logOf = (/** @type {string} */ name) => join(folder, `${name}.log`);
  const programs = [
    {
      log: logOf("server"),
      ...children.start("dsail-fl-server", serverArguments(training, address), {
        log: logOf("server"),
        onLine: (line) => {
          if (/^(round \d|resumed|waiting)/.test(line)) onRound?.(line);
        },
      }),
    },
    ...sites.map((site) => ({
      log: logOf(site.name),
      ...children.start("dsail-fl-client", clientArguments(training, site, address), {
        log: logOf(site.name),
      }),
    })),
  ];
  try {
    await Promise.all(programs.map(({ ended, log }) => assertGood(ended, log)));
    // There is no round left to go on with.
    for (const folder of folders) rmSync(checkpointIn(folder), { force: true });
  } finally {
    for (const { end } of programs) end();
    await Promise.all(programs.map(({ ended }) => ended));
  }
}

/** @param {string} folder - a hospital's */
const checkpointIn = (folder) => join(folder, "round.safetensors");

/**
 * @param {Promise<number>} ended
 * @param {string} log
 */
async function assertGood(ended, log) {
  const code = await ended;
  if (code === 0) return;
  const last = readFileSync(log, "utf8").trimEnd().split("\n").slice(-6).join("\n  ");
  throw new QuickstartError(
    `a training failed, with exit code ${code}; ${shown(log)} ends:\n  ${last}`,
  );
}

/**
 * @param {Training} training
 * @param {string} address
 */
function serverArguments({ folder, sites, certificates, rounds, seed }, address) {
  const count = String(sites.length);
  return [
    ...["--ca-dir", certificates, "--address", address],
    ...["--allowed-clients", sites.map(({ name }) => name).join(",")],
    ...["--num-rounds", String(rounds), "--min-available-clients", count],
    ...["--min-fit-clients", count, "--min-eval-clients", count],
    ...["--seed", String(seed), "--save-path", join(folder, "models"), "--resume"],
  ];
}

/**
 * @param {Training} training
 * @param {Site} site
 * @param {string} address
 */
function clientArguments(training, { name, dataPath, batchSize, noiseMultiplier }, address) {
  const { folder, certificates } = training;
  const issued = join(certificates, "issued", name);
  const own = join(folder, name);
  return [
    ...["--server", address, "--transport", "native", "--tls-ca", join(certificates, "ca.crt")],
    ...["--tls-cert", `${issued}.crt`, "--tls-key", `${issued}.key`],
    ...["--data-path", dataPath, "--classes", training.classes.join(",")],
    ...["--image-size", String(training.imageSize), "--grey", "--arch", training.arch],
    ...["--epochs", "1", "--bs", String(batchSize), "--lr", String(training.learningRate)],
    ...["--optimizer", "sgd", "--schedule", "constant", "--seed", String(training.seed)],
    ...["--noise-multiplier", String(noiseMultiplier), "--delta", String(training.delta)],
    ...["--ledger", join(own, "ledger.jsonl"), "--max-epsilon", String(training.epsilon)],
    ...["--csv-path", own, "--curves-path", join(own, "curves.svg")],
    ...["--matrix-path", join(own, "matrix.svg"), "--roc-path", join(own, "roc.svg")],
    ...["--checkpoint-path", checkpointIn(own), "--no-progress"],
  ];
}
