/**
 * The exported names of every subpath: a new name is a visible line here, a lost one a breaking change.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/fl-protocol", async () => {
  expect(namesOf(await import("@dsail/fl-protocol"))).toMatchInlineSnapshot(`
    [
      "BYTES_PER_ELEMENT",
      "DEFAULT_LIMITS",
      "FlError",
      "assertFinite",
      "assertNumExamples",
      "assertSameStructure",
      "assertUpdate",
      "assertWithinLimits",
      "byteLengthOf",
      "byteLengthWithin",
      "bytesOfTensor",
      "checkedSource",
      "chunksOfBytes",
      "collectParameters",
      "createChunkOrder",
      "createInMemoryTransport",
      "decodeBfloat16",
      "decodeFloat16",
      "decodeNpy",
      "elementCount",
      "encodeBfloat16",
      "encodeFloat16",
      "encodeNpy",
      "fingerprintOf",
      "isFlError",
      "l2NormOf",
      "limitsOf",
      "npyHeader",
      "npzChunks",
      "readNpz",
      "readSafetensors",
      "readableOnce",
      "safetensorsHeader",
      "safetensorsSource",
      "scalarsOf",
      "sourceOf",
      "specsOf",
      "tensorOfBytes",
      "writeNpz",
      "writeSafetensors",
    ]
  `);
});

it("exports these names from @dsail/fl-protocol/testing", async () => {
  expect(namesOf(await import("@dsail/fl-protocol/testing"))).toMatchInlineSnapshot(`
    [
      "transportContract",
    ]
  `);
});

it("exports these names from @dsail/fl-protocol/flower", async () => {
  expect(namesOf(await import("@dsail/fl-protocol/flower"))).toMatchInlineSnapshot(`
    [
      "flowerClientTransport",
      "flowerServerTransport",
    ]
  `);
});

it("exports these names from @dsail/fl-protocol/native", async () => {
  expect(namesOf(await import("@dsail/fl-protocol/native"))).toMatchInlineSnapshot(`
    [
      "nativeClientTransport",
      "nativeServerTransport",
    ]
  `);
});

it("exports these names from @dsail/fl-protocol/testing", async () => {
  expect(namesOf(await import("@dsail/fl-protocol/testing"))).toMatchInlineSnapshot(`
    [
      "transportContract",
    ]
  `);
});
