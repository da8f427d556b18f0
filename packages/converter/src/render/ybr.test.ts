import { describe, expect, it } from "vitest";
import { ybrToRgb } from "./ybr.js";

/** PS3.3 C.7.6.3.1.2, YBR_FULL: the standard's matrix from RGB. */
const toFull = ([r, g, b]: readonly [number, number, number]) => [
  0.299 * r + 0.587 * g + 0.114 * b,
  -0.1687 * r - 0.3313 * g + 0.5 * b + 128,
  0.5 * r - 0.4187 * g - 0.0813 * b + 128,
];

/** PS3.3 C.7.6.3.1.2, YBR_PARTIAL_422: the standard's matrix from RGB. */
const toPartial = ([r, g, b]: readonly [number, number, number]) => [
  0.2568 * r + 0.5041 * g + 0.0979 * b + 16,
  -0.1482 * r - 0.291 * g + 0.4392 * b + 128,
  0.4392 * r - 0.3678 * g - 0.0714 * b + 128,
];

const COLORS: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [255, 255, 255],
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [12, 200, 99],
  [130, 131, 129],
];

describe("YBR to RGB", () => {
  it.each(COLORS)("undoes the standard's matrices: %d %d %d", (...color) => {
    // Without rounding on the way, so that nothing but the matrix is tested.
    for (const [range, ybr] of [
      ["FULL", toFull(color)],
      ["PARTIAL", toPartial(color)],
    ] as const) {
      expect([...ybrToRgb(Float64Array.from(ybr), range, 8)]).toEqual([...color]);
    }
  });

  it("leaves grey alone in FULL, spreads it in PARTIAL", () => {
    const samples = Uint8Array.of(16, 128, 128, 235, 128, 128);
    expect([...ybrToRgb(samples, "FULL", 8)]).toEqual([16, 16, 16, 235, 235, 235]);
    expect([...ybrToRgb(samples, "PARTIAL", 8)]).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it("clamps colours that cannot be", () => {
    // R = 255 + 1.402 * 127; G = 255 - 0.344136 * -128 - 0.714136 * 127 = 208.35; B = 255 - 1.772 * 128 = 28.2
    expect([...ybrToRgb(Uint8Array.of(255, 0, 255), "FULL", 8)]).toEqual([255, 208, 28]);
  });

  it("has its middle at half of the range, however many bits", () => {
    expect(ybrToRgb(Uint16Array.of(4095, 2048, 2048), "FULL", 12)).toEqual(
      Uint16Array.of(4095, 4095, 4095),
    );
    expect(ybrToRgb(Uint16Array.of(256, 2048, 2048), "PARTIAL", 12)).toEqual(
      Uint16Array.of(0, 0, 0),
    );
  });
});
