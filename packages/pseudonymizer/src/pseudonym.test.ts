import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY, OTHER_KEY } from "../test/keys.js";
import { keyedHash } from "./keyed-hash.js";
import { pseudonym } from "./pseudonym.js";

const make = (kind = "PatientID", key = KEY) => pseudonym(keyedHash(key), kind);

/** The first 80 bits of the HMAC as one number, in Crockford's digits: another way to the same text. */
function base32(kind: string, identifier: string): string {
  const digest = createHmac("sha256", KEY).update(`${kind}\0${identifier}`).digest("hex");
  const digits = BigInt(`0x${digest.slice(0, 20)}`)
    .toString(32)
    .padStart(16, "0");
  const [plain, crockford] = [
    "0123456789abcdefghijklmnopqrstuv",
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
  ];
  return Array.from(digits, (digit) => crockford[plain.indexOf(digit)]).join("");
}

const anyIdentifier = fc.string({ minLength: 1 }).filter((text) => text.trim() !== "");

describe("a pseudonym", () => {
  it("is 16 of Crockford's letters and digits, none of which are misread", () => {
    fc.assert(
      fc.property(anyIdentifier, (identifier) => {
        expect(make()(identifier)).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
      }),
    );
  });

  it("is the first 80 bits of the HMAC of kind and identifier", () => {
    fc.assert(
      fc.property(anyIdentifier, (identifier) => {
        expect(make()(identifier)).toBe(base32("PatientID", identifier.trim()));
      }),
    );
  });

  it("uses all of its digits in all of its places", () => {
    const pseudonyms = Array.from({ length: 2000 }, (_, i) => make()(`${i}`));
    for (let place = 0; place < 16; place++) {
      expect(new Set(pseudonyms.map((text) => text[place])).size).toBe(32);
    }
  });

  it("is empty for what is empty, so that missing identifiers are no common patient", () => {
    for (const nothing of ["", " ", "   \t"]) expect(make()(nothing)).toBe("");
  });

  it("does not depend on spaces around the identifier, which DICOM does not count", () => {
    expect(make()("  4711 ")).toBe(make()("4711"));
    expect(make()("47 11")).not.toBe(make()("4711"));
  });

  it("is another one for each of many identifiers", () => {
    const identifiers = Array.from({ length: 10_000 }, (_, i) => `P${i}`);
    expect(new Set(identifiers.map(make())).size).toBe(identifiers.length);
  });

  it("is another one for another kind, another key, and another case of letters", () => {
    const all = [
      make()("ab12"),
      make("AccessionNumber")("ab12"),
      make("PatientID", OTHER_KEY)("ab12"),
      make()("AB12"),
    ];
    expect(new Set(all).size).toBe(4);
  });

  it("does not mix up where the kind ends and the identifier begins", () => {
    expect(make("Patient")("ID1")).not.toBe(make("PatientID")("1"));
  });
});
