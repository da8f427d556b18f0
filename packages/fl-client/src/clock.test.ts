import { expect, it } from "vitest";
import { systemClock } from "./clock.js";

it("sleeps, but not longer than until the signal", async () => {
  const { now, sleep } = systemClock();
  const began = now();
  await sleep(20, new AbortController().signal);
  expect(now() - began).toBeGreaterThanOrEqual(18);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 10);
  // Longer than timers can wait, too.
  await sleep(1e12, controller.signal);
  await sleep(1e12, controller.signal);
  expect(now() - began).toBeLessThan(5000);
});
