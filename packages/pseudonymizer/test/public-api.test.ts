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
      "TABLE_OPTIONS",
      "applyPlan",
      "createPseudonymization",
      "createPseudonymizer",
      "describePlan",
      "formatKey",
      "formatOption",
      "generateKey",
      "isPseudonymizerError",
      "parseKey",
      "parseOption",
      "patientLinkOf",
      "planFile",
    ]
  `);
});

it("exports these names from @dsail/pseudonymizer/node", async () => {
  expect(namesOf(await import("@dsail/pseudonymizer/node"))).toMatchInlineSnapshot(`
    [
      "createLinkedPseudonymization",
      "formatFailure",
      "openLookupTable",
      "pseudonymizeFile",
      "pseudonymizeFileSync",
      "pseudonymizeFolder",
      "readDateOffsetTable",
      "readKeyFile",
      "readPatientTable",
      "writeNewKeyFile",
    ]
  `);
});

it("exports these names from @dsail/pseudonymizer/rules", async () => {
  expect(namesOf(await import("@dsail/pseudonymizer/rules"))).toMatchInlineSnapshot(`
    [
      "parseRules",
    ]
  `);
});

it("exports these names from @dsail/pseudonymizer/dsail", async () => {
  expect(namesOf(await import("@dsail/pseudonymizer/dsail"))).toMatchInlineSnapshot(`
    [
      "ACTION_NAMES",
      "ALL_TAGS",
      "D_TAGS",
      "P_TAGS",
      "U_TAGS",
      "X_D_TAGS",
      "X_TAGS",
      "X_Z_D_TAGS",
      "X_Z_TAGS",
      "X_Z_U_STAR_TAGS",
      "Z_D_TAGS",
      "Z_TAGS",
      "anonymize",
      "anonymizeDataset",
      "anonymizeDicomFile",
      "clean",
      "delete",
      "deleteElement",
      "deleteOrEmpty",
      "deleteOrEmptyOrReplace",
      "deleteOrEmptyOrReplaceUid",
      "deleteOrReplace",
      "dsailRules",
      "empty",
      "emptyElement",
      "emptyOrReplace",
      "generateActions",
      "generateActionsDictionary",
      "getPrivateTag",
      "getPrivateTags",
      "initializeActions",
      "keep",
      "parseActions",
      "regexp",
      "replace",
      "replaceAndKeepCorrespondence",
      "replaceElement",
      "replaceElementDate",
      "replaceElementDateTime",
      "replaceElementUid",
      "replaceUid",
    ]
  `);
});
