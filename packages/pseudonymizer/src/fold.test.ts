import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold, withoutAccents, wordsOf } from "./fold.js";

const anyText = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }));

describe("folding", () => {
  it.each([
    ["Crâne", "crane"],
    ["CRÂNE", "crane"],
    ["cra\u0302ne", "crane"],
    ["Fuß", "fuss"],
    ["FUẞ", "fuss"],
    ["Ærø Œuvre", "aero oeuvre"],
    ["Ǽ", "ae"],
    ["Łódź Đuro", "lodz duro"],
    ["İzmir ılık", "izmir ilik"],
    ["Müller-Lüdenscheidt", "muller-ludenscheidt"],
    ["Ångström", "angstrom"],
    ["１２ Ａ", "12 a"],
    ["ﬁbula", "fibula"],
    ["СКРОНЯ Ёлка", "скроня елка"],
    ["山田 太郎", "山田 太郎"],
    ["", ""],
  ])("of %j is %j", (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it("makes texts equal that differ in case, or in how accents are written", () => {
    const latin = fc
      .array(fc.constantFrom(..."aAéÉüÜñÑçÇoO xX"))
      .map((letters) => letters.join(""));
    fc.assert(
      fc.property(latin, (text) => {
        expect(fold(text.toUpperCase())).toBe(fold(text.toLowerCase()));
        expect(fold(text.normalize("NFD"))).toBe(fold(text.normalize("NFC")));
      }),
    );
  });

  it("leaves ASCII as it is, but for case", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(fold(text)).toBe(text.toLowerCase());
      }),
    );
  });

  it("twice is folding once, also of letters that come apart to capital ones", () => {
    for (const text of ["ℌead", "𝐁rain", "Ⓐ"]) expect(fold(fold(text))).toBe(fold(text));
  });
});

describe("the words of a text", () => {
  it("are its letters and digits in a row, folded", () => {
    expect(wordsOf("Canary^Carol=山田^太郎 (4711-a)")).toEqual([
      ...["canary", "carol", "山田", "太郎", "4711", "a"],
    ]);
    expect(wordsOf("O'Neill, Àé\u0301B")).toEqual(["o", "neill", "aeb"]);
  });

  it("are none where there are none", () => {
    for (const text of ["", " ", "^^=", "\0…"]) expect(wordsOf(text)).toEqual([]);
  });

  it("have no other characters, whatever the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const word of wordsOf(text)) expect(word).toMatch(/^[\p{L}\p{N}]+$/u);
      }),
    );
  });
});

describe("a text without accents", () => {
  it.each([
    ["Crâne", "Crane"],
    ["Fuß ÆRØ", "Fuss AeRO"],
    ["T2*-Würfel\r\nzwei", "T2*-Wurfel\r\nzwei"],
    ["brain 山田 head", "brain  head"],
  ])("of %j is %j: case stays", (text, plain) => {
    expect(withoutAccents(text)).toBe(plain);
  });

  it("holds nothing but ASCII and white space", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(withoutAccents(text)).toMatch(/^[\x20-\x7e\s]*$/);
      }),
    );
  });

  it("holds no white space that ASCII has not, which the file could not be written with", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may be there
    expect(withoutAccents("brain\u3000head\u2028contrast\ufeff")).toMatch(/^[\x00-\x7e]*$/);
  });
});
