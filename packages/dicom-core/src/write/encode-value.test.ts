import { describe, expect, it } from "vitest";
import type { VR } from "../vr.js";
import type { ElementInit, ElementValueInit, EncapsulatedInit } from "./element-init.js";
import { encodeValue, formatDecimal, isAscii } from "./encode-value.js";

type Value = Exclude<ElementValueInit, readonly (readonly ElementInit[])[] | EncapsulatedInit>;

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const latin1Of = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

describe("numbers", () => {
  it.each([
    ["US", [0, 0x1234, 0xffff], "00003412ffff", "00001234ffff"],
    ["SS", [-0x8000, -2, 0x7fff], "0080feffff7f", "8000fffe7fff"],
    ["UL", [0x12345678, 0xffffffff], "78563412ffffffff", "12345678ffffffff"],
    ["SL", [-2, 0x7fffffff], "feffffffffffff7f", "fffffffe7fffffff"],
    ["AT", [0x00100020, 0xfffee00d], "10002000feff0de0", "00100020fffee00d"],
    ["FL", [1.5, -0], "0000c03f00000080", "3fc0000080000000"],
    ["FD", 0.1, "9a9999999999b93f", "3fb999999999999a"],
    [
      "UV",
      [2n ** 64n - 1n, 1],
      "ffffffffffffffff0100000000000000",
      "ffffffffffffffff0000000000000001",
    ],
    [
      "SV",
      [-(2n ** 63n), -2n],
      "0000000000000080feffffffffffffff",
      "8000000000000000fffffffffffffffe",
    ],
  ] as const)("are written in either byte order: %s", (vr, value, little, big) => {
    expect(hexOf(encodeValue(vr, value, true))).toBe(little);
    expect(hexOf(encodeValue(vr, value, false))).toBe(big);
  });

  it.each([
    ["FL", Number.NaN, "0000c07f"],
    ["FL", Number.POSITIVE_INFINITY, "0000807f"],
    ["FD", Number.NEGATIVE_INFINITY, "000000000000f0ff"],
  ] as const)("may be none that JSON has: %s %d", (vr, value, hex) => {
    expect(hexOf(encodeValue(vr, value, true))).toBe(hex);
  });

  it.each([
    ["US", -1],
    ["US", 0x10000],
    ["US", 1.5],
    ["US", Number.NaN],
    ["SS", 0x8000],
    ["SS", -0x8001],
    ["UL", 2 ** 32],
    ["SL", 2 ** 31],
    ["SL", -(2 ** 31) - 1],
    ["AT", -1],
    ["AT", 2 ** 32],
    ["UV", -1n],
    ["UV", 2n ** 64n],
    ["SV", 2n ** 63n],
    ["SV", 2 ** 53],
    ["SV", 0.5],
    ["US", "1"],
    ["FD", "0.1"],
    ["UL", 1n],
  ] as const)("outside the range of the VR are refused, and not told: %s %s", (vr, value) => {
    expect(() => encodeValue(vr, [value], true)).toThrow(
      expect.objectContaining({
        code: "BAD_VALUE",
        message: expect.not.stringContaining(`${value}`),
      }),
    );
  });
});

describe("text", () => {
  it.each([
    ["PN", "Doe^J", "Doe^J "],
    ["UI", "1.2.3", "1.2.3\0"],
    ["CS", ["ORIGINAL", "PRIMARY"], "ORIGINAL\\PRIMARY"],
    ["CS", ["A", ""], "A\\"],
    ["LT", "a\\b\r\n", "a\\b\r\n "],
    ["UR", "http://x", "http://x"],
    ["IS", [1, -2n, "+3"], "1\\-2\\+3 "],
    ["DS", [0.1, "1.50", -2], "0.1\\1.50\\-2 "],
    ["LO", "", ""],
  ] as const)("has even length, and a backslash between values: %s", (vr, value, expected) => {
    expect(latin1Of(encodeValue(vr, value, true))).toBe(expected);
  });

  it("is UTF-8 only where that is allowed, and the VR can have it", () => {
    expect(hexOf(encodeValue("PN", "Mü", true, "utf-8"))).toBe("4dc3bc20");
    for (const [vr, textEncoding] of [
      ["PN", "ascii"],
      ["CS", "utf-8"],
      ["UR", "utf-8"],
    ] as const) {
      expect(() => encodeValue(vr, "Mü", true, textEncoding)).toThrow(
        expect.objectContaining({ code: "BAD_CHARACTER_SET" }),
      );
    }
  });

  it.each([
    ["LT", ["a", "b"]],
    ["LO", [1]],
    ["IS", [1.5]],
    ["IS", [2 ** 53]],
    ["DS", [Number.NaN]],
    ["DS", [Number.POSITIVE_INFINITY]],
    ["DS", [1n]],
  ] as const)("is refused where the VR cannot hold it: %s %s", (vr, value) => {
    expect(() => encodeValue(vr, value, true)).toThrow(
      expect.objectContaining({ code: "BAD_VALUE" }),
    );
  });

  it("is ASCII up to 0x7F", () => {
    expect(isAscii("\0 ~\x7f")).toBe(true);
    expect(isAscii("\x80")).toBe(false);
    expect(isAscii("😀")).toBe(false);
  });
});

describe("a number as DS", () => {
  it.each([
    0.1 + 0.2,
    Math.PI,
    -Math.PI,
    1 / 3e-7,
    -1.2345678901234e-300 / 3,
    1.2345678901234e19 / 3,
    -Number.MAX_VALUE,
    -1.797693134862e-5 / 3,
  ])("is as exact as 16 characters allow: %d", (value) => {
    const text = formatDecimal(value);
    expect(text).toMatch(/^-?\d+(\.\d+)?(e[-+]?\d+)?$/);
    const others = Array.from({ length: 17 }, (_, i) => [
      value.toExponential(i).replace("+", ""),
      value.toPrecision(i + 1),
      value.toFixed(i),
    ]);
    const errors = others
      .flat()
      .filter(({ length }) => length <= 16)
      .map((other) => Math.abs(Number(other) - value));
    expect(text.length).toBeLessThanOrEqual(16);
    expect(Math.abs(Number(text) - value)).toBe(Math.min(...errors));
  });

  it.each([1, -0.5, 0.1, 2.5, 1e-7, 1e300, 123456789012345, -99999.25, 5e-324])(
    "is exact where that is possible: %d",
    (value) => {
      expect(Number(formatDecimal(value))).toBe(value);
      expect(formatDecimal(value).length).toBeLessThanOrEqual(16);
    },
  );
});

describe("bytes", () => {
  it.each([
    ["OB", "0102030405060708", "0102030405060708"],
    ["OW", "0102030405060708", "0201040306050807"],
    ["OL", "0102030405060708", "0403020108070605"],
    ["OV", "0102030405060708", "0807060504030201"],
    ["UN", "0102030405060708", "0102030405060708"],
    ["US", "0102030405060708", "0201040306050807"],
    ["AT", "0102030405060708", "0201040306050807"],
    ["LO", "0102030405060708", "0102030405060708"],
  ] as const)("are given in little endian, for any VR: %s", (vr, little, big) => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(hexOf(encodeValue(vr, bytes, true))).toBe(little);
    expect(hexOf(encodeValue(vr, bytes, false))).toBe(big);
    expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("stay as they are if they are given in a Buffer", () => {
    const buffer = Buffer.from([1, 2]);
    expect(hexOf(encodeValue("OW", buffer, false))).toBe("0201");
    expect([...buffer]).toEqual([1, 2]);
  });

  it.each([
    ["OB", "0100"],
    ["LO", "0120"],
    ["UI", "0100"],
  ] as const)("become even as the VR is filled up: %s", (vr, hex) => {
    expect(hexOf(encodeValue(vr, Uint8Array.of(1), true))).toBe(hex);
  });

  it("are what VRs of bytes are written from", () => {
    expect(() => encodeValue("OB", [1, 2], true)).toThrow(
      expect.objectContaining({ code: "BAD_VALUE" }),
    );
  });
});

describe("no value", () => {
  it.each(["LO", "US", "UV", "AT", "OB", "UN"] as readonly VR[])("is no bytes: %s", (vr) => {
    for (const value of [[], new Uint8Array(0)] as readonly Value[]) {
      expect(encodeValue(vr, value, true).length).toBe(0);
    }
  });
});
