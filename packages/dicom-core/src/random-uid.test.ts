import { expect, it } from "vitest";
import { randomUid } from "./random-uid.js";

it("makes UIDs of random UUIDs, each another", () => {
  const uids = Array.from({ length: 100 }, randomUid);
  expect(new Set(uids).size).toBe(100);
  for (const uid of uids) {
    expect(uid.length).toBeLessThanOrEqual(64);
    const uuid = BigInt(uid.slice("2.25.".length)).toString(16).padStart(32, "0");
    expect(uid).toMatch(/^2\.25\.[1-9]\d*$/);
    // RFC 9562 5.4: version 4, and the variant.
    expect(uuid).toMatch(/^.{12}4.{3}[89ab].{15}$/);
  }
});
