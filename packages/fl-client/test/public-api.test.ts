/**
 * The exported names of every subpath: a new name is a visible line here, a lost one a breaking change.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/fl-client", async () => {
  expect(namesOf(await import("@dsail/fl-client"))).toMatchInlineSnapshot(`
    [
      "DEFAULT_POLICY",
      "SITE_POLICY_SCHEMA",
      "createClient",
      "createEgress",
      "createReleaseCounts",
      "formatClientEvent",
      "nameParameters",
      "parseSitePolicy",
      "trainerOfNumPyClient",
      "withClientSideAdaptiveClipping",
      "withClientSideFixedClipping",
      "withLocalDp",
      "withNames",
    ]
  `);
});

it("exports these names from @dsail/fl-client/node", async () => {
  expect(namesOf(await import("@dsail/fl-client/node"))).toMatchInlineSnapshot(`
    [
      "openReleaseCounts",
      "openSitePolicy",
      "runVirtualClients",
    ]
  `);
});

it("exports these names from @dsail/fl-client/tfjs", async () => {
  expect(namesOf(await import("@dsail/fl-client/tfjs"))).toMatchInlineSnapshot(`
    [
      "BACKEND_NAMES",
      "FASTAI_ADAM",
      "MODEL_NAMES",
      "countParameters",
      "createFLClient",
      "createLearner",
      "createModel",
      "createTfjsTrainer",
      "describeBackend",
      "evaluateDataset",
      "evaluateModel",
      "formatTrainerEvent",
      "initializeState",
      "loadWeights",
      "parametersOfState",
      "readWeights",
      "selectBackend",
      "stateOfParameters",
    ]
  `);
});

it("exports these names from @dsail/fl-client/data", async () => {
  expect(namesOf(await import("@dsail/fl-client/data"))).toMatchInlineSnapshot(`
    [
      "IMAGENET_NORMALIZATION",
      "batchesOf",
      "createBatches",
      "datasetOfArrays",
      "dirichletSites",
      "getImbalanceWeights",
      "imbalancedDatasetSampler",
      "openDicomFolder",
      "openImageFolder",
      "openManifest",
      "poissonBatches",
      "shuffledBatches",
      "subsetOf",
    ]
  `);
});

it("exports these names from @dsail/fl-client/metrics", async () => {
  expect(namesOf(await import("@dsail/fl-client/metrics"))).toMatchInlineSnapshot(`
    [
      "bootstrapIntervals",
      "calibrationSvg",
      "classificationMetrics",
      "csvLogName",
      "learningCurvesSvg",
      "matrixSvg",
      "openCsvLog",
      "openEventLog",
      "pngOfSvg",
      "rocSvg",
      "saveCalibration",
      "saveLearningCurves",
      "saveMatrix",
      "saveRoc",
      "scalarMetrics",
    ]
  `);
});
