import { expect, it } from "vitest";
import { sampledLogRatio, unsampledLogRatio } from "./privacy-loss.js";

// By mpmath, with 50 digits.
it.each([
  [-34.2, -34.28242460117434],
  [-35, -35.193685318707729],
  [-36.5, -38.05660190799209],
])("keeps the digits of 1 - q where next to nothing is not sampled: %d", (logRatio, expected) => {
  expect(unsampledLogRatio(logRatio, 1 - 2 ** -53)).toBeCloseTo(expected, 12);
});

it.each([1e-300, 1e-9, 0.3, 0.999, 1 - 1e-12, 1])("is the inverse, at a rate of %d", (q) => {
  for (const v of [-20, -3, -1.0001, -0.9999, -1e-3, 1e-9, 0.7, 29.9, 30.1, 500]) {
    const logRatio = sampledLogRatio(v, q);
    const back = sampledLogRatio(unsampledLogRatio(logRatio, q), q);
    expect(Math.abs(back - logRatio)).toBeLessThan(1e-13 * (1 + Math.abs(logRatio)));
  }
});
