import { expect, test } from "vitest";
import { withoutListeners } from "./without-listeners.js";

test("takes off what was put on the process, and nothing else", async () => {
  const own = () => {};
  process.on("unhandledRejection", own);
  const before = process.listeners("unhandledRejection");
  const result = await withoutListeners(async () => {
    process.on("unhandledRejection", () => {});
    process.on("uncaughtException", () => {});
    return 1;
  });
  expect(result).toBe(1);
  expect(process.listeners("unhandledRejection")).toEqual(before);
  process.removeListener("unhandledRejection", own);
});

test("does so after a start that failed, too", async () => {
  const before = process.listenerCount("uncaughtException");
  const failing = withoutListeners(async () => {
    process.on("uncaughtException", () => {});
    throw new TypeError("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(process.listenerCount("uncaughtException")).toBe(before);
});
