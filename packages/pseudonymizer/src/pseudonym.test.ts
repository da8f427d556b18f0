import { createHmac } from "node:crypto";
import type { ElementInit } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY, OTHER_KEY } from "../test/keys.js";
import { pseudonymized, refused, textAt } from "../test/pseudonymized.js";
import { keyedHash } from "./keyed-hash.js";
import { type PseudonymFormat, pseudonym, pseudonymOfTable, randomPseudonym } from "./pseudonym.js";
import { createPseudonymization } from "./pseudonymization.js";

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

describe("the format of pseudonyms", () => {
  const formatted = (format: PseudonymFormat) => pseudonym(keyedHash(KEY), "PatientID", format);

  it("may have a prefix, a length and an alphabet", () => {
    expect(formatted({ prefix: "SITE-A 7-", length: 12 })("4711")).toMatch(
      /^SITE-A 7-[0-9A-HJKMNP-TV-Z]{12}$/,
    );
    expect(formatted({ length: 15, alphabet: "0123456789" })("4711")).toMatch(/^\d{15}$/);
    expect(formatted({ length: 64, alphabet: "ab" })("4711")).toMatch(/^[ab]{64}$/);
    expect(formatted({ prefix: "p".repeat(54), length: 10 })("4711").length).toBe(64);
    expect(formatted({})("4711")).toBe(make()("4711"));
  });

  it("has as many characters as it says, whatever the alphabet", () => {
    const ascii = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i));
    const characters = ascii.filter((character) => !"\\^=".includes(character));
    const format = fc.record({
      prefix: fc.stringMatching(/^[A-Za-z0-9_-]{0,14}$/),
      length: fc.integer({ min: 48, max: 50 }),
      alphabet: fc
        .shuffledSubarray(characters, { minLength: 2, maxLength: 64 })
        .map((letters) => letters.join("")),
    });
    fc.assert(
      fc.property(format, anyIdentifier, ({ prefix, length, alphabet }, identifier) => {
        const made = formatted({ prefix, length, alphabet })(identifier);
        expect(made.startsWith(prefix)).toBe(true);
        const rest = made.slice(prefix.length);
        expect(rest.length).toBe(length);
        expect([...rest].every((character) => alphabet.includes(character))).toBe(true);
      }),
    );
  });

  it("makes shorter ones beginnings of longer ones, also where one hash does not suffice", () => {
    for (const alphabet of ["01", "0123456789", undefined]) {
      const of = (length: number) =>
        formatted(alphabet === undefined ? { length } : { length, alphabet })("4711");
      expect(of(64).startsWith(of(50))).toBe(true);
    }
    // Each further hash is another one.
    const long = formatted({ length: 64, alphabet: "0123456789" })("4711");
    const blocks = long.match(/.{28}/g) ?? [];
    expect(new Set(blocks).size).toBe(blocks.length);
  });

  it.each(["01", "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789ABCDEF"])(
    "uses all characters of %s about equally often, in all places",
    (alphabet) => {
      const length = 60;
      const count = 2000;
      const make = formatted({ length, alphabet });
      const texts = Array.from({ length: count }, (_, i) => make(`P${i}`));
      const chiSquare = (text: string) => {
        const expected = text.length / alphabet.length;
        return [...alphabet].reduce((sum, character) => {
          const difference = text.split(character).length - 1 - expected;
          return sum + difference ** 2 / expected;
        }, 0);
      };
      // Six standard deviations above the mean: never by chance, and the texts are always the same.
      const freedom = alphabet.length - 1;
      const most = freedom + 6 * Math.sqrt(2 * freedom) + 10;
      expect(chiSquare(texts.join(""))).toBeLessThan(most);
      for (let place = 0; place < length; place++) {
        expect(chiSquare(texts.map((text) => text[place]).join(""))).toBeLessThan(most);
      }
      // A control: in a fifth of them one character stands for another.
      const some = texts
        .slice(0, count / 5)
        .join("")
        .replaceAll(alphabet[0]!, alphabet[1]!);
      const biased = some + texts.slice(count / 5).join("");
      expect(chiSquare(biased)).toBeGreaterThan(most);
    },
  );

  it.each<readonly [string, PseudonymFormat]>([
    ["fewer than 48 bits", { length: 9 }],
    ["fewer than 48 bits in digits", { length: 14, alphabet: "0123456789" }],
    ["fewer than 48 bits of two characters", { length: 47, alphabet: "01" }],
    ["more than 64 characters", { length: 65 }],
    ["more than 64 with the prefix", { prefix: "p".repeat(49) }],
    ["no characters", { length: 0 }],
    ["less than that", { length: -1 }],
    ["half a character", { length: 16.5 }],
    ["no number of characters", { length: Number.NaN }],
    ["endlessly many", { length: Number.POSITIVE_INFINITY }],
    ["one character only", { alphabet: "a", length: 60 }],
    ["an empty alphabet", { alphabet: "" }],
    ["one character twice", { alphabet: "abca", length: 60 }],
    ["an accent", { alphabet: "abcé", length: 60 }],
    ["a space in the alphabet", { alphabet: "abc ", length: 60 }],
    ["a backslash in the alphabet", { alphabet: "abc\\", length: 60 }],
    ["a caret in the alphabet", { alphabet: "abc^", length: 60 }],
    ["an equals sign in the alphabet", { alphabet: "abc=", length: 60 }],
    ["a backslash in the prefix", { prefix: "a\\b" }],
    ["a caret in the prefix", { prefix: "a^b" }],
    ["a line feed in the prefix", { prefix: "a\nb" }],
    ["an accent in the prefix", { prefix: "é" }],
    ["a space before the prefix", { prefix: " a" }],
    ["a space behind the prefix", { prefix: "a " }],
  ])("is refused with %s", (_what, format) => {
    expect(() => formatted(format)).toThrow(RangeError);
    expect(() => randomPseudonym(format)).toThrow(RangeError);
    expect(() =>
      createPseudonymization({ key: KEY, patientPseudonyms: { kind: "keyed", format } }),
    ).toThrow(RangeError);
  });

  it("is not refused at these limits", () => {
    for (const format of [
      { length: 10 },
      { length: 15, alphabet: "0123456789" },
      { length: 48, alphabet: "01" },
      { length: 64 },
      { prefix: "p".repeat(48) },
    ]) {
      expect(() => formatted(format)).not.toThrow();
    }
  });
});

describe("pseudonyms at random", () => {
  it("are others each time, of the same format", () => {
    const make = randomPseudonym({ prefix: "R", length: 12, alphabet: "0123456789ABCDEF" });
    const texts = Array.from({ length: 1000 }, make);
    expect(new Set(texts).size).toBe(1000);
    for (const text of texts) expect(text).toMatch(/^R[0-9A-F]{12}$/);
    expect(new Set(Array.from({ length: 100 }, randomPseudonym())).size).toBe(100);
  });

  it("are random in each of their hashes", () => {
    const make = randomPseudonym({ length: 64, alphabet: "0123456789" });
    for (const part of [0, 32]) {
      const parts = Array.from({ length: 100 }, () => make().slice(part, part + 16));
      expect(new Set(parts).size).toBe(100);
    }
  });
});

describe("pseudonyms of a table", () => {
  const ofTable = pseudonymOfTable(new Map([["4711", "Site 1"]]));

  it("are what the table has, whatever spaces are around the identifier", () => {
    expect(ofTable("4711")).toBe("Site 1");
    expect(ofTable(" 4711 ")).toBe("Site 1");
  });

  it("are refused where it has none, without saying whose", () => {
    for (const identifier of ["CANARY", "", "47 11", "Site 1", "constructor"]) {
      expect(() => ofTable(identifier)).toThrow(refused("PATIENT_UNKNOWN"));
    }
    expect(() => ofTable("CANARY")).not.toThrow(/CANARY/);
  });

  it("are those of the patient of the file only: others, in items, get keyed ones", () => {
    const id = (value: string): ElementInit => ({ tag: Tag.PatientID, vr: "LO", value });
    const items: ElementInit = {
      tag: Tag.AnatomicRegionSequence,
      vr: "SQ",
      value: [[id("4711")], [id("CANARY")], [{ tag: Tag.PatientName, vr: "PN", value: "Canary" }]],
    };
    const { dataset, bytes } = pseudonymized(
      [{ tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" }, id("4711"), items],
      { patientPseudonyms: { kind: "table", pseudonyms: new Map([["4711", "Site 1"]]) } },
    );
    expect(textAt(dataset, "(0010,0020)")).toEqual(["Site 1"]);
    expect(textAt(dataset, "(0010,0010)")).toEqual(["Site 1"]);
    expect(textAt(dataset, "(0008,2218)[0].(0010,0020)")).toEqual(["Site 1"]);
    expect(textAt(dataset, "(0008,2218)[1].(0010,0020)")).toEqual([
      pseudonym(keyedHash(KEY), "PatientID")("CANARY"),
    ]);
    expect(textAt(dataset, "(0008,2218)[2].(0010,0010)")).toEqual([]);
    expect(/canary/i.test(Buffer.from(bytes).toString("latin1"))).toBe(false);
  });
});
