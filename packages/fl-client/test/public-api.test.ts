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
