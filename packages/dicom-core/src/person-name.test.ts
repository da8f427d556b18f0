import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPersonName, parsePersonName, splitPersonName } from "./person-name.js";

const group = (
  familyName = "",
  givenName = "",
  middleName = "",
  namePrefix = "",
  nameSuffix = "",
) => ({ familyName, givenName, middleName, namePrefix, nameSuffix });

describe("a person name", () => {
  // The examples of PS3.5 6.2.1.1.
  it.each([
    [
      "Adams^John Robert Quincy^^Rev.^B.A. M.Div.",
      group("Adams", "John Robert Quincy", "", "Rev.", "B.A. M.Div."),
    ],
    ["Morrison-Jones^Susan^^^Ph.D.", group("Morrison-Jones", "Susan", "", "", "Ph.D.")],
    ["Doe^John", group("Doe", "John")],
    ["Smith^Fluffy", group("Smith", "Fluffy")],
  ])("has the components that PS3.5 6.2.1.1 says: %s", (text, alphabetic) => {
    const name = { alphabetic, ideographic: undefined, phonetic: undefined };
    expect(parsePersonName(text)).toEqual(name);
    expect(formatPersonName(name)).toBe(text);
  });

  it("has up to three representations", () => {
    const text = "Yamada^Tarou=山田^太郎=やまだ^たろう";
    const name = {
      alphabetic: group("Yamada", "Tarou"),
      ideographic: group("山田", "太郎"),
      phonetic: group("やまだ", "たろう"),
    };
    expect(parsePersonName(text)).toEqual(name);
    expect(formatPersonName(name)).toBe(text);
  });

  it("may lack any representation", () => {
    expect(parsePersonName("=山田")).toEqual({
      alphabetic: undefined,
      ideographic: group("山田"),
      phonetic: undefined,
    });
    expect(parsePersonName("")).toEqual({
      alphabetic: undefined,
      ideographic: undefined,
      phonetic: undefined,
    });
    expect(formatPersonName({ phonetic: { familyName: "やまだ" } })).toBe("==やまだ");
  });

  it("is written without delimiters of nothing", () => {
    expect(formatPersonName(parsePersonName("Doe^^^^=="))).toBe("Doe");
    expect(formatPersonName({})).toBe("");
  });

  it("loses nothing of what is too much", () => {
    const text = "a^b^c^d^e^f=g=h=i";
    expect(splitPersonName(text)).toEqual(["a^b^c^d^e^f", "g", "h=i"]);
    expect(parsePersonName(text).alphabetic?.nameSuffix).toBe("e^f");
  });

  it.each([
    { alphabetic: { familyName: "a^b" } },
    { alphabetic: { givenName: "a\\b" } },
    { ideographic: { nameSuffix: "a=b" } },
  ])("is not written with a delimiter in a component: %o", (name) => {
    expect(() => formatPersonName(name)).toThrow(expect.objectContaining({ code: "BAD_VALUE" }));
  });

  it("is the same after writing and parsing", () => {
    const component = fc.stringMatching(/^[^\\=^]*$/u);
    const anyGroup = fc
      .tuple(component, component, component, component, component)
      .map((components) => group(...components));
    fc.assert(
      fc.property(anyGroup, anyGroup, anyGroup, (alphabetic, ideographic, phonetic) => {
        const name = { alphabetic, ideographic, phonetic };
        const parsed = parsePersonName(formatPersonName(name));
        const whole = (g: typeof alphabetic | undefined) => g ?? group();
        expect(whole(parsed.alphabetic)).toEqual(alphabetic);
        expect(whole(parsed.ideographic)).toEqual(ideographic);
        expect(whole(parsed.phonetic)).toEqual(phonetic);
      }),
    );
  });
});
