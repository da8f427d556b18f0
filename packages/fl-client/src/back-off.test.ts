import { describe, expect, it } from "vitest";
import { randomOf } from "../test/softmax-trainer.js";
import { createBackOff } from "./back-off.js";

describe("createBackOff", () => {
  it("spreads tries over the whole time, and not only near its end", () => {
    const backOff = createBackOff({ baseMs: 1000, maxMs: 8000 }, randomOf(1));
    const delays: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const next = backOff.next(0);
      if ("delayMs" in next) delays.push(next.delayMs);
    }
    const late = delays.slice(3);
    expect(Math.max(...late)).toBeLessThan(8000);
    const mean = late.reduce((a, b) => a + b) / late.length;
    // Uniform on 0 to 8,000: the mean of 2,000 is off by more than 200 once in ten thousand times.
    expect(Math.abs(mean - 4000)).toBeLessThan(200);
    expect(late.filter((delay) => delay < 800).length).toBeGreaterThan(100);
  });

  it("begins anew after a success", () => {
    const backOff = createBackOff({ baseMs: 10, maxAttempts: 3 }, () => 1);
    expect([backOff.next(0), backOff.next(0)]).toEqual([{ delayMs: 10 }, { delayMs: 20 }]);
    backOff.reset();
    expect(backOff.attempts()).toBe(0);
    expect([backOff.next(0), backOff.next(0)]).toEqual([{ delayMs: 10 }, { delayMs: 20 }]);
    expect(backOff.next(0)).toEqual({ gaveUp: "3 failures in a row" });
  });

  it("refuses options that are none", () => {
    expect(() => createBackOff({ maxMs: 0 }, Math.random)).toThrow("backOff.maxMs: expected");
    expect(() => createBackOff({ maxAttempts: Number.NaN }, Math.random)).toThrow(RangeError);
  });
});
