/**
 * The exported names of every subpath: a new name is a visible line here, a lost one a breaking change.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/dp", async () => {
  expect(namesOf(await import("@dsail/dp"))).toMatchInlineSnapshot(`
    [
      "DpError",
      "adaptMaxGradNorm",
      "addDiscreteGaussianNoise",
      "addGaussianNoise",
      "addLaplaceNoise",
      "appendEntry",
      "assertWithinBudget",
      "averageWithAdaptiveClipping",
      "averageWithFixedClipping",
      "calibrateMaxGradNorm",
      "calibrateNoise",
      "calibrateSampleRate",
      "calibrateSteps",
      "checkEvent",
      "clipClientUpdate",
      "clipFactor",
      "clipInPlace",
      "clipPerLayerInPlace",
      "combinedNoiseMultiplier",
      "composed",
      "createLedger",
      "createTreeAggregator",
      "defaultCountNoise",
      "dpSgdGradient",
      "eventOfLedger",
      "eventOfLedgers",
      "expectedBatchSize",
      "formatLedger",
      "gaussian",
      "gdpAccountant",
      "isDpError",
      "l2Norm",
      "laplace",
      "lastHash",
      "latticeSensitivity",
      "parseLedger",
      "pldAccountant",
      "poissonSample",
      "privatizeSum",
      "rdpAccountant",
      "remainingCount",
      "repeated",
      "sampleDiscreteGaussian",
      "sampledAdaptiveGaussian",
      "sampledGaussian",
      "secureRandom",
      "sumClippedGradients",
      "sumNoiseMultiplier",
      "treeAggregation",
    ]
  `);
});

it("exports these names from @dsail/dp/node", async () => {
  expect(namesOf(await import("@dsail/dp/node"))).toMatchInlineSnapshot(`
    [
      "openLedger",
    ]
  `);
});

it("exports these names from @dsail/dp/testing", async () => {
  expect(namesOf(await import("@dsail/dp/testing"))).toMatchInlineSnapshot(`
    [
      "seededRandomForTestsOnly",
    ]
  `);
});
