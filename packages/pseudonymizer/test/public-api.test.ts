/**
 * The exported names of every subpath: a new name is a visible line here, a lost one a breaking change.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/pseudonymizer", async () => {
  expect(namesOf(await import("@dsail/pseudonymizer"))).toMatchInlineSnapshot(`
    [
      "MIN_KEY_BYTES",
      "PseudonymizerError",
      "applyPlan",
      "createPseudonymization",
      "createPseudonymizer",
      "formatKey",
      "generateKey",
      "isPseudonymizerError",
      "parseKey",
      "planFile",
    ]
  `);
});

it("exports these names from @dsail/pseudonymizer/node", async () => {
  expect(namesOf(await import("@dsail/pseudonymizer/node"))).toMatchInlineSnapshot(`
    [
      "formatFailure",
      "pseudonymizeFile",
      "pseudonymizeFileSync",
      "pseudonymizeFolder",
      "readKeyFile",
      "writeNewKeyFile",
    ]
  `);
});
