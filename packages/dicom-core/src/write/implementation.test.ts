import { expect, it } from "vitest";
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from "./implementation.js";

it("has a UUID as class UID (PS3.5 B.2), and a name that fits into SH", () => {
  const [, number = ""] = /^2\.25\.([1-9]\d*)$/.exec(IMPLEMENTATION_CLASS_UID) ?? [];
  expect(BigInt(number)).toBeLessThan(2n ** 128n);
  expect(IMPLEMENTATION_CLASS_UID.length).toBeLessThanOrEqual(64);
  expect(IMPLEMENTATION_VERSION_NAME).toMatch(/^[A-Z0-9_.]{1,16}$/);
});
