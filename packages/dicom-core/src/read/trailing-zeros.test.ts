import { describe, expect, it } from "vitest";
import { writeFile } from "../write/part10.js";
import { readFile, readHeaderSync } from "./part10.js";

const plain = writeFile([{ tag: 0x00100010, vr: "PN", value: "Doe^Jane" }]);

function followedBy(zeros: number, ...rest: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(plain.length + zeros + rest.length);
  bytes.set(plain);
  bytes.set(rest, plain.length + zeros);
  return bytes;
}

function readInParts(bytes: Uint8Array, options = {}) {
  return readHeaderSync(
    bytes.length,
    ({ byteOffset, length }) => bytes.slice(byteOffset, byteOffset + length),
    options,
  );
}

describe.each([
  ["in memory", readFile],
  ["read in parts", readInParts],
] as const)("zeros behind the last element, %s", (_how, read) => {
  it.each([8, 4096, 300_000])("are no elements, however many: %i", (zeros) => {
    const file = read(followedBy(zeros));
    expect(file.dataset.elements).toHaveLength(1);
    expect(file.trailing).toEqual({ byteOffset: plain.length, length: zeros });
    expect(file.findings.map(({ code }) => code)).toEqual(["TRAILING_BYTES"]);
  });

  it.each([8, 4096, 300_000])("are refused if there is more data behind %i of them", (zeros) => {
    expect(() => read(followedBy(zeros, 1, 2, 3))).toThrow(
      expect.objectContaining({ code: "BAD_LENGTH", byteOffset: plain.length }),
    );
  });

  it("end the data set, whatever is behind them, where lengths may be wrong", () => {
    const file = read(followedBy(16, 1, 2, 3), { allowLengthMismatch: true });
    expect(file.trailing.length).toBe(19);
  });
});
