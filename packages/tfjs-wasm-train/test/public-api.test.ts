/**
 * The exported names: a new name is a visible line here, a lost one a breaking change.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/tfjs-wasm-train", async () => {
  expect(namesOf(await import("@dsail/tfjs-wasm-train"))).toMatchInlineSnapshot(`
    [
      "adamStep",
      "batchNormTraining",
      "float32View",
      "groupNorm",
      "groupNormalize",
      "registerGradients",
      "registerTrainingKernels",
      "sgdStep",
      "tensorChanged",
    ]
  `);
});
