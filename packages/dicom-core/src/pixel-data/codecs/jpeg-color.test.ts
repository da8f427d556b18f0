import { describe, expect, it } from "vitest";
import { withColorTransform } from "./jpeg-color.js";

const SOI = [0xff, 0xd8];
const QUANTIZATION = [0xff, 0xdb, 0, 3, 1];
const SCAN = [0xff, 0xda, 0, 2, 7];
const segment = (marker: number, text: string) => [
  ...[0xff, marker, 0, 2 + text.length],
  ...Buffer.from(text, "latin1"),
];

const marked = (bytes: readonly number[], photometric: string) =>
  Buffer.from(withColorTransform(Uint8Array.from(bytes), photometric)).toString("latin1");

describe("withColorTransform", () => {
  const frame = [...SOI, ...QUANTIZATION, ...SCAN];
  const untouched = Buffer.from(frame).toString("latin1");

  it("says behind the first marker whether colours are RGB (0) or YCbCr (1)", () => {
    const rest = untouched.slice(2);
    for (const [photometric, transform] of [
      ["RGB", "\0"],
      ["YBR_FULL_422", "\x01"],
    ] as const) {
      expect(marked(frame, photometric)).toBe(
        `\xff\xd8\xff\xee\0\x0eAdobe\0\x64\0\0\0\0${transform}${rest}`,
      );
    }
  });

  it.each([
    ["grey images", frame, "MONOCHROME2"],
    ["those with Adobe's marker", [...SOI, ...segment(0xee, "Adobe\0d\0\0\0\0\0"), ...SCAN], "RGB"],
    ["those of JFIF", [...SOI, ...QUANTIZATION, ...segment(0xe0, "JFIF\0"), ...SCAN], "RGB"],
    ["no JPEG at all", [1, 2], "MONOCHROME2"],
  ])("leaves %s as they are", (_what, bytes, photometric) => {
    expect(marked(bytes, photometric)).toBe(Buffer.from(bytes).toString("latin1"));
  });

  it("does not take a marker of Adobe's for one that is cut off before the transform", () => {
    const bytes = [...SOI, ...segment(0xee, "Adobe\0d\0\0"), ...SCAN];
    expect(marked(bytes, "RGB").length).toBe(bytes.length + 16);
  });

  it("does not look behind the beginning of a scan", () => {
    const bytes = [...SOI, ...SCAN, ...segment(0xe0, "JFIF\0")];
    expect(marked(bytes, "RGB").length).toBe(bytes.length + 16);
  });
});
