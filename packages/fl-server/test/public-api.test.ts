/**
 * The names each entry exports. A new one is a visible line.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/fl-server", async () => {
  expect(namesOf(await import("@dsail/fl-server"))).toMatchInlineSnapshot(`
    [
      "bulyan",
      "collectUpdate",
      "createWeightedSum",
      "faultTolerantFedAvg",
      "fedAdagrad",
      "fedAdam",
      "fedAvg",
      "fedAvgM",
      "fedMedian",
      "fedOpt",
      "fedProx",
      "fedTrimmedAvg",
      "fedYogi",
      "krum",
      "multiKrum",
      "qFedAvg",
      "runServer",
      "sampleOf",
      "weightedMeanOfMetrics",
      "withClientSideAdaptiveClipping",
      "withClientSideFixedClipping",
      "withServerSideAdaptiveClipping",
      "withServerSideFixedClipping",
    ]
  `);
});

it("exports these names from @dsail/fl-server/ca", async () => {
  expect(namesOf(await import("@dsail/fl-server/ca"))).toMatchInlineSnapshot(`
    [
      "createCertificateAuthority",
      "createRevocationList",
      "issueCertificate",
      "listCertificates",
      "revokeCertificate",
    ]
  `);
});
