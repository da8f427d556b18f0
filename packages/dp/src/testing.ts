/**
 * What tests need and what never belongs into a run with real data.
 *
 * @module
 */
export { seededRandomForTestsOnly } from "./random/seeded-random.js";
