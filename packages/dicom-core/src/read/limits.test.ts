import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Bytes, bytesOf, EXPLICIT, fileOf, headBytes, headOf } from "../../test/bytes-of.js";
import { DEFAULT_READ_LIMITS, type ReadLimits } from "./limits.js";
import { readFile, readHeaderSync } from "./part10.js";

const { element, item, openItem, openSequence } = EXPLICIT;
const MODALITY = element(0x00080060, "CS", "CT");
const DEFLATED = "1.2.840.10008.1.2.1.99";

function nested(depth: number): Bytes {
  let content: Bytes = MODALITY;
  for (let i = 0; i < depth; i++) content = openSequence(0x00081110, "SQ", openItem(content));
  return content;
}

/** A file that just keeps the limit, and one that does not. */
const CASES: readonly (readonly [keyof ReadLimits, number, Bytes, Bytes])[] = [
  ["maxDepth", 3, nested(3), nested(4)],
  [
    "maxItems",
    3,
    element(0x00081110, "SQ", [item([]), item([]), item([])]),
    [
      element(0x00081110, "SQ", [item([]), item([])]),
      element(0x00081199, "SQ", [item([]), item([])]),
    ],
  ],
  [
    "maxElements",
    3,
    element(0x00081110, "SQ", [item(MODALITY), item(MODALITY)]),
    element(0x00081110, "SQ", [item(MODALITY), item(MODALITY), item(MODALITY)]),
  ],
  [
    "maxTextBytes",
    24,
    [element(0x00400031, "UT", "x".repeat(24)), element(0x00420011, "OB", new Uint8Array(26))],
    element(0x00400031, "UT", "x".repeat(26)),
  ],
];

describe("a limit", () => {
  it.each(CASES)("is kept: %s", (limit, value, within, beyond) => {
    const limits = { [limit]: value };
    expect(() => readFile(fileOf(within), { limits })).not.toThrow();
    expect(() => readFile(fileOf(beyond), { limits })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it("of depth has a default that a hostile file does not get over", () => {
    expect(DEFAULT_READ_LIMITS.maxDepth).toBe(64);
    expect(() => readFile(fileOf(nested(64)))).not.toThrow();
    expect(() => readFile(fileOf(nested(65)))).toThrow(
      expect.objectContaining({
        code: "LIMIT_EXCEEDED",
        at: `${"(0008,1110)[0].".repeat(64)}(0008,1110)`,
        byteOffset: headBytes() + 64 * 20,
      }),
    );
  });

  it("of depth holds in UN, too, where a value that reads as no sequence would be let be", () => {
    let content: Bytes = MODALITY;
    for (let i = 0; i < 4; i++) content = element(0x00091001, "UN", item(content));
    const limits = { maxDepth: 3 };
    expect(() => readFile(fileOf(content), { limits })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it.each([
    ["below 0", { maxItems: -1 }, "limits.maxItems"],
    ["that is no number", { maxTextBytes: Number.NaN }, "limits.maxTextBytes"],
    ["of a depth that the stack has no room for", { maxDepth: 501 }, "limits.maxDepth"],
  ])("is refused %s", (_what, limits, name) => {
    expect(() => readFile(fileOf([]), { limits })).toThrow(
      expect.objectContaining({ name: "RangeError", message: expect.stringContaining(name) }),
    );
  });

  it("of depth may be 500, for which the stack has room", () => {
    const limits = { maxDepth: 500 };
    expect(() => readFile(fileOf(nested(500)), { limits })).not.toThrow();
    expect(() => readFile(fileOf(nested(501)), { limits })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it("of findings cuts the list, and is no error", () => {
    const bytes = fileOf(Array.from({ length: 20 }, () => element(0x00080060, "CS", "ODD")));
    expect(readFile(bytes, { limits: { maxFindings: 5 } }).findings.length).toBe(5);
    expect(readFile(bytes).findings.length).toBe(39);
  });

  it("of header bytes concerns what has to be loaded, not a file in memory", () => {
    const text = element(0x0040a160, "UT", "x".repeat(200_000));
    const bytes = fileOf([text, element(0x00420011, "OB", new Uint8Array(1_000_000))]);
    const read = (maxHeaderBytes: number) =>
      readHeaderSync(
        bytes.length,
        ({ byteOffset, length }) => bytes.subarray(byteOffset, byteOffset + length),
        { limits: { maxHeaderBytes } },
      );
    expect(() => read(500_000)).not.toThrow();
    expect(() => read(100_000)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
    expect(() => readFile(bytes, { limits: { maxHeaderBytes: 1 } })).not.toThrow();
  });
});

describe("a deflated data set", () => {
  const deflated = (dataset: Bytes) =>
    bytesOf(headOf(DEFLATED), new Uint8Array(deflateRawSync(bytesOf(dataset))));

  it("may inflate to the limit, and not beyond", () => {
    const dataset = bytesOf(element(0x00420011, "OB", new Uint8Array(100_000)));
    const bytes = deflated(dataset);
    const limits = { maxInflatedBytes: dataset.length };
    expect(readFile(bytes, { limits }).dataset.source.size).toBe(dataset.length);
    expect(() => readFile(bytes, { limits: { maxInflatedBytes: dataset.length - 1 } })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED", byteOffset: headBytes(DEFLATED) }),
    );
  });

  it("that is a bomb is noticed before it has grown", () => {
    const bomb = new Uint8Array(256 * 1024 * 1024);
    const bytes = bytesOf(headOf(DEFLATED), new Uint8Array(deflateRawSync(bomb)));
    expect(bytes.length).toBeLessThan(300_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readFile(bytes, { limits: { maxInflatedBytes: 1024 * 1024 } })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });
});
