import { afterEach, describe, expect, it, vi } from "vitest";
import { watchSilence } from "./silence.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("watching for silence", () => {
  it("counts from what was heard last, and only while something is expected", () => {
    vi.useFakeTimers();
    let heardAt = performance.now();
    let isExpected = true;
    const onSilence = vi.fn();
    watchSilence(
      1000,
      () => heardAt,
      () => isExpected,
      onSilence,
    );
    vi.advanceTimersByTime(900);
    heardAt = performance.now();
    vi.advanceTimersByTime(900);
    isExpected = false;
    vi.advanceTimersByTime(10_000);
    isExpected = true;
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2000);
    expect(onSilence).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10_000);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  it("waits longer than a timer can, or for ever, or until it is stopped", () => {
    vi.useFakeTimers();
    const onSilence = vi.fn();
    const start = performance.now();
    const watch = (ms: number | undefined) =>
      watchSilence(
        ms,
        () => start,
        () => true,
        onSilence,
      );
    watch(undefined).stop();
    const stopped = watch(5);
    stopped.stop();
    watch(2 ** 33);
    vi.advanceTimersByTime(2 ** 33 - 1000);
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2000);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  it("lets what arrived be read first, when this process was busy", async () => {
    const onSilence = vi.fn();
    let heardAt = performance.now();
    const watch = watchSilence(
      50,
      () => heardAt,
      () => true,
      onSilence,
    );
    const end = performance.now() + 500;
    while (performance.now() < end);
    // Comes after the timers.
    setTimeout(() => {
      heardAt = performance.now() + 1e6;
    }, 20);
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(onSilence).not.toHaveBeenCalled();
    watch.stop();
  });
});
