import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.js";

describe("the time before the next try", () => {
  it("has a bound that doubles, up to 5 seconds, and is anything below it", () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((tries) => backoffMs(tries, () => 1));
    expect(bounds).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
    expect(backoffMs(5, () => 0)).toBe(0);
    expect(backoffMs(5, () => 0.5)).toBe(800);
  });
});
