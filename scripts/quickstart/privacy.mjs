/**
 * How much noise each hospital needs, so that all rounds together cost what they may.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** An epoch that is interrupted is paid for, and so is the one in its place: this many a run. */
const INTERRUPTIONS = 1;

/** Images of a batch, on average. */
const BATCH_SIZE = 128;

/**
 * @param {import("./children.mjs").Children} children
 * @param {string} dataPath - of one hospital
 * @param {{ rounds: number, epsilon: number, delta: number }} privacy
 */
export async function calibrate(children, dataPath, { rounds, epsilon, delta }) {
  const images = countImages(join(dataPath, "train"));
  // Of few images a batch is no more than a quarter: chance is part of the privacy.
  const batchSize = Math.max(1, Math.min(BATCH_SIZE, Math.floor(images / 4)));
  const answer = await children.run("dsail-dp", [
    ...["noise", "--epsilon", String(epsilon), "--delta", String(delta)],
    ...["--sample-rate", String(batchSize / images)],
    ...["--steps", String(Math.ceil(images / batchSize) * (rounds + INTERRUPTIONS)), "--json"],
  ]);
  /** @type {{ noiseMultiplier: number }} */
  const { noiseMultiplier } = JSON.parse(answer);
  // Up to three decimals: more than enough, and a number to read.
  return { images, batchSize, noiseMultiplier: Math.ceil(noiseMultiplier * 1000) / 1000 };
}

/**
 * What a ledger says was spent.
 *
 * @param {import("./children.mjs").Children} children
 * @param {string} ledger
 * @param {number} delta
 * @returns {Promise<number>} epsilon
 */
export async function spentOf(children, ledger, delta) {
  const args = ["ledger", "show", ledger, "--delta", String(delta), "--json"];
  return JSON.parse(await children.run("dsail-dp", args)).epsilon;
}

/** @param {string} folder */
export function countImages(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => /\.png$/i.test(String(file)))
    .length;
}
