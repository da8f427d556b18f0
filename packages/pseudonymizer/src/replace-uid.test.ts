import { createHmac } from "node:crypto";
import { TRANSFER_SYNTAXES } from "@dsail/dicom-core/dictionary";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY, OTHER_KEY } from "../test/keys.js";
import { keyedHash } from "./keyed-hash.js";
import { formatUuidUid, replaceUid } from "./replace-uid.js";

const make = (key = KEY) => replaceUid(keyedHash(key));

/** The 128 bits behind `2.25.`, the first one first. */
function bitsOf(uid: string): string {
  return BigInt(uid.slice("2.25.".length)).toString(2).padStart(128, "0");
}

/** UIDs as PS3.5 9.1 wants them, of instances. */
const anyUid = fc
  .array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 4 })
  .map((components) => `1.2.826.0.1.${components.join(".")}`);

describe("a new UID", () => {
  it("is a UID of PS3.5 9.1: digits and dots, no leading zero, at most 64 characters", () => {
    fc.assert(
      fc.property(anyUid, (uid) => {
        const replaced = make()(uid);
        expect(replaced).toMatch(/^2\.25\.[1-9]\d*$/);
        expect(replaced.length).toBeLessThanOrEqual(64);
      }),
    );
  });

  it("is a UUID of version 8 and of the variant of RFC 9562, bits 48-51 and 64-65", () => {
    for (let i = 0; i < 500; i++) {
      const bits = bitsOf(make()(`1.2.3.${i}`));
      expect(bits.length).toBe(128);
      expect(bits.slice(48, 52)).toBe("1000");
      expect(bits.slice(64, 66)).toBe("10");
    }
  });

  it("has the HMAC of the old UID in its 122 free bits, unless that reads like a date", () => {
    const like = /(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])/;
    const uids = Array.from({ length: 2000 }, (_, i) => `1.2.3.${i}`);
    expect(uids.map(make()).filter((uid) => like.test(uid))).toEqual([]);
    for (const uid of uids) {
      const digest = createHmac("sha256", KEY).update(uid).digest("hex").slice(0, 32);
      const expected = BigInt(`0x${digest}`).toString(2).padStart(128, "0");
      const bits = bitsOf(make()(uid));
      if (like.test(formatUuidUid(Buffer.from(digest, "hex")))) continue;
      for (const [from, to] of [
        [0, 48],
        [52, 64],
        [66, 128],
      ]) {
        expect(bits.slice(from, to)).toBe(expected.slice(from, to));
      }
    }
  });
});

describe("formatUuidUid", () => {
  it("sets version and variant, whatever is there", () => {
    const least = (8n << 76n) | (2n << 62n);
    const most = 2n ** 128n - 1n - (7n << 76n) - (1n << 62n);
    expect(formatUuidUid(new Uint8Array(16))).toBe(`2.25.${least}`);
    expect(formatUuidUid(new Uint8Array(16).fill(0xff))).toBe(`2.25.${most}`);
    expect(`2.25.${most}`.length).toBe(44);
  });

  it("leaves the bytes as they are", () => {
    const bytes = new Uint8Array(16).fill(0xff);
    formatUuidUid(bytes);
    expect(bytes).toEqual(new Uint8Array(16).fill(0xff));
  });

  it("reads the bytes of a view from where it begins", () => {
    const bytes = Uint8Array.from({ length: 20 }, (_, i) => i * 7);
    expect(formatUuidUid(bytes.subarray(4))).toBe(formatUuidUid(bytes.slice(4)));
  });
});

describe("replaceUid", () => {
  it("gives the same UID the same new one, in any other pseudonymizer with the key", () => {
    const [one, other] = [make(), make(KEY.slice())];
    fc.assert(
      fc.property(anyUid, (uid) => {
        expect(one(uid)).toBe(other(uid));
        expect(one(uid)).toBe(one(uid));
      }),
    );
  });

  it("gives no two of many UIDs the same new one, and under another key none of these", () => {
    const uids = Array.from({ length: 10_000 }, (_, i) => `1.2.840.113619.2.${i >> 5}.${i}`);
    const news = new Set(uids.map(make()));
    const others = new Set(uids.map(make(OTHER_KEY)));
    expect(news.size).toBe(uids.length);
    expect(others.size).toBe(uids.length);
    expect([...news].filter((uid) => others.has(uid))).toEqual([]);
    expect(uids.filter((uid) => news.has(uid))).toEqual([]);
  });

  it("remembers a few only, and answers the same when it has forgotten", () => {
    const forgetful = replaceUid(keyedHash(KEY), 2);
    const uids = Array.from({ length: 20 }, (_, i) => `1.2.3.${i}`);
    expect([...uids, ...uids].map(forgetful)).toEqual([...uids, ...uids].map(make()));
  });

  it("keeps an empty UID empty", () => {
    expect(make()("")).toBe("");
  });

  it("keeps UIDs that the standard itself defines", () => {
    for (const { uid } of TRANSFER_SYNTAXES) expect(make()(uid)).toBe(uid);
    for (const uid of [
      "1.2.840.10008.5.1.4.1.1.2", // CT Image Storage
      "1.2.840.10008.1.4.1.1", // Talairach Brain Atlas Frame of Reference
      "1.2.840.10008.1.5.1", // Hot Iron Color Palette SOP Instance
      "1.2.840.10008.5.1.4.1.1.501.2.1",
      "1.2.840.10008.6.1.1472", // a context group
    ]) {
      expect(make()(uid)).toBe(uid);
    }
  });

  it.each([
    ["a root that only begins like the standard's", "1.2.840.100080.1.2"],
    ["the standard's root further inside", "1.3.1.2.840.10008.1.2"],
    ["the root alone", "1.2.840.10008"],
    ["text behind the standard's root", "1.2.840.10008.DOE^JANE"],
    ["a date behind the standard's root", "1.2.840.10008.19640229.1"],
    ["several UIDs in one", "1.2.840.10008.1.2\\1.2.3"],
  ])("replaces %s", (_what, uid) => {
    expect(make()(uid)).toMatch(/^2\.25\./);
  });

  it("replaces what is no UID at all", () => {
    for (const text of ["Doe^Jane", "1.2.3 ", "ÿ", "."])
      expect(make()(text)).toMatch(/^2\.25\.\d+$/);
  });
});
