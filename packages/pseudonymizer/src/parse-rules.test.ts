import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pseudonymized, refused, textAt } from "../test/pseudonymized.js";
import { isPseudonymizerError } from "./errors.js";
import { parseRules } from "./parse-rules.js";

/** The only rule of a list. */
function parsed(entry: object) {
  const rules = parseRules(JSON.stringify([entry]));
  expect(rules.length).toBe(1);
  return rules[0];
}

const KEEP = { action: "keep" } as const;

describe("rules as JSON", () => {
  it("are a list, or an object with one under rules", () => {
    const list = [
      { tag: "(0008,1030)", action: "keep" },
      { vr: "PN", value: "x" },
    ];
    expect(parseRules(JSON.stringify(list))).toEqual([
      { tag: 0x00081030, action: "keep" },
      { vr: "PN", value: "x" },
    ]);
    expect(parseRules(JSON.stringify({ rules: list }))).toEqual(parseRules(JSON.stringify(list)));
  });

  it("may be none", () => {
    expect(parseRules("[]")).toEqual([]);
    expect(parseRules(' { "rules" : [ ] } ')).toEqual([]);
  });

  it.each<readonly [string, object]>([
    ["(0008,1030)", { tag: 0x00081030 }],
    ["0008,1030", { tag: 0x00081030 }],
    ["00081030", { tag: 0x00081030 }],
    [" (0008,103e) ", { tag: 0x0008103e }],
    ["(FFFA,FFFA)", { tag: 0xfffafffa }],
    ["(60xx,3000)", { range: { mask: 0xff00ffff, value: 0x60003000 } }],
    ["(60XX,3000)", { range: { mask: 0xff00ffff, value: 0x60003000 } }],
    ["(0008,xxxx)", { range: { mask: 0xffff0000, value: 0x00080000 } }],
    ["0020,31xx", { range: { mask: 0xffffff00, value: 0x00203100 } }],
    ["xxxxxxxx", { range: { mask: 0, value: 0 } }],
    ["(fxx0,x00F)", { range: { mask: 0xf00f0fff, value: 0xf000000f } }],
  ])("name elements by a tag such as %s", (tag, match) => {
    expect(parsed({ tag, ...KEEP })).toEqual({ ...match, ...KEEP });
  });

  it("name elements by a pattern that fits what its digits fit, and nothing else", () => {
    const digit = fc.constantFrom(..."0123456789abcdefx");
    const tag = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(...Array<typeof digit>(8).fill(digit)), tag, (digits, other) => {
        const pattern = digits.join("");
        const rule = parsed({ tag: pattern, ...KEEP });
        const fits = (value: number) =>
          rule?.range === undefined
            ? rule?.tag === value
            : (value & rule.range.mask) >>> 0 === rule.range.value;
        const same = Number.parseInt(pattern.replaceAll("x", "7"), 16);
        const text = other.toString(16).padStart(8, "0");
        expect(fits(same)).toBe(true);
        expect(fits(other)).toBe(digits.every((d, i) => d === "x" || d === text[i]));
      }),
    );
  });

  it("name elements by a keyword of PS3.6", () => {
    expect(parsed({ keyword: "StudyDescription", ...KEEP })).toEqual({ tag: 0x00081030, ...KEEP });
  });

  it("name elements by a VR", () => {
    expect(parsed({ vr: "OW", ...KEEP })).toEqual({ vr: "OW", ...KEEP });
  });

  it.each(["(0019,xx0C)", "0019,xx0c", "(0019,100C)", "0019110C"])(
    "name private elements by creator and element %s, in any block",
    (element) => {
      expect(parsed({ creator: " ACME 1.0 ", element, ...KEEP })).toEqual({
        private: { creator: "ACME 1.0", group: 0x0019, element: 0x0c },
        ...KEEP,
      });
    },
  );

  it.each<readonly [string, readonly number[]]>([
    ["(0008,1030)", [0x00081030]],
    ["(0040,A730)[*].(0040,A160)", [0x0040a730, -1, 0x0040a160]],
    ["(0040,a730)[0].(0040,A730)[12].(0040,A160)", [0x0040a730, 0, 0x0040a730, 12, 0x0040a160]],
  ])("name places by a path such as %s", (path, steps) => {
    expect(parsed({ path, ...KEEP })).toEqual({ path: steps, ...KEEP });
  });

  it("may name elements in several ways at once", () => {
    expect(
      parsed({ tag: "(0019,xxxx)", vr: "LO", creator: "ACME", element: "(0019,xx0C)", ...KEEP }),
    ).toEqual({
      range: { mask: 0xffff0000, value: 0x00190000 },
      vr: "LO",
      private: { creator: "ACME", group: 0x0019, element: 0x0c },
      ...KEEP,
    });
  });

  it.each(["keep", "remove", "empty", "dummy", "clean", "replaceUid"])(
    "may do %s, by that name",
    (action) => {
      expect(parsed({ vr: "LO", action })).toEqual({ vr: "LO", action });
    },
  );

  it("may write a value, or find and replace, and have names", () => {
    for (const rest of [
      { value: "" },
      { value: "a\\b", name: "mine" },
      { find: "(\\d+)\\s", replace: "$1" },
      { find: "x" },
    ]) {
      expect(parsed({ vr: "LO", ...rest })).toEqual({ vr: "LO", ...rest });
    }
  });

  it("do what they say", () => {
    const rules = parseRules(
      JSON.stringify([
        { keyword: "StudyDescription", action: "clean", name: "first" },
        { path: "(0008,2218)[*].(0008,1090)", value: "second" },
        { creator: "ACME", element: "(0019,xx0C)", find: "\\d", replace: "#" },
      ]),
    );
    const { dataset } = pseudonymized(
      [
        { tag: 0x00081030, vr: "LO", value: "Zyxwv brain" },
        { tag: 0x00082218, vr: "SQ", value: [[{ tag: 0x00081090, vr: "LO", value: "model" }]] },
        { tag: 0x00190010, vr: "LO", value: "ACME" },
        { tag: 0x0019100c, vr: "LO", value: "a1" },
      ],
      { rules },
    );
    expect(textAt(dataset, "(0008,1030)")).toEqual(["brain"]);
    expect(textAt(dataset, "(0008,2218)[0].(0008,1090)")).toEqual(["second"]);
    expect(textAt(dataset, "(0019,100C)")).toEqual(["a"]);
  });
});

/** Occurs in everything that a refused file holds. */
const CANARY = "CANARY";

describe("rules are refused, without a word of theirs,", () => {
  it.each([
    "",
    CANARY,
    `"${CANARY}"`,
    "null",
    "4711",
    `{"${CANARY}": []}`,
    `{"rules": {"tag": "${CANARY}"}}`,
    `{"rules": "${CANARY}"}`,
    `[{"tag": "${CANARY}"`,
  ])("that are no list in JSON: %s", (json) => {
    expect(() => parseRules(json)).toThrow(refused("BAD_RULE", /^rules: expected /));
    expect(() => parseRules(json)).not.toThrow(new RegExp(CANARY));
  });

  it.each<readonly [string, unknown]>([
    ["no object", CANARY],
    ["null", null],
    ["a list", [CANARY]],
    ["an unknown field", { vr: "LO", action: "keep", [CANARY]: 1 }],
    ["a field of the functions' rules", { vr: "LO", decide: CANARY }],
    ["a range in its own words", { range: { mask: 0, value: 0 }, action: "keep" }],
    ["a number for a tag", { tag: 0x00081030, action: "keep" }],
    ["no tag", { tag: CANARY, action: "keep" }],
    ["a tag with too few digits", { tag: "(0008,103)", action: "keep" }],
    ["a tag with too many digits", { tag: "(0008,10300)", action: "keep" }],
    ["a tag with another letter", { tag: "(0008,103g)", action: "keep" }],
    ["two tags", { tag: "(0008,1030)\n(0008,1030)", action: "keep" }],
    ["an empty tag", { tag: "", action: "keep" }],
    ["no keyword of PS3.6", { keyword: CANARY, action: "keep" }],
    ["a keyword of an object", { keyword: "constructor", action: "keep" }],
    ["both keyword and tag", { keyword: "PatientID", tag: "(0010,0020)", action: "keep" }],
    ["no VR", { vr: CANARY, action: "keep" }],
    ["a VR in small letters", { vr: "lo", action: "keep" }],
    ["a creator alone", { creator: CANARY, action: "keep" }],
    ["an element alone", { element: "(0019,xx0C)", action: "keep" }],
    ["an empty creator", { creator: " ", element: "(0019,xx0C)", action: "keep" }],
    ["no element", { creator: CANARY, element: CANARY, action: "keep" }],
    ["an element of an even group", { creator: CANARY, element: "(0018,xx0C)", action: "keep" }],
    ["no path", { path: CANARY, action: "keep" }],
    ["a path without an index", { path: "(0040,A730).(0040,A160)", action: "keep" }],
    ["a path that ends in an index", { path: "(0040,A730)[0]", action: "keep" }],
    ["a path with a negative index", { path: "(0040,A730)[-1].(0040,A160)", action: "keep" }],
    ["a path with a pattern", { path: "(60xx,3000)", action: "keep" }],
    ["an empty path", { path: "", action: "keep" }],
    ["no action", { vr: "LO", action: CANARY }],
    ["an action of an object", { vr: "LO", action: "constructor" }],
    ["an action of the table", { vr: "LO", action: "K" }],
    ["a number for a value", { vr: "US", value: 7 }],
    ["a null for a value", { vr: "US", value: null }],
    ["nothing to do", { tag: "(0008,1030)", name: CANARY }],
    ["something to replace alone", { vr: "LO", replace: CANARY }],
    ["two things to do", { vr: "LO", action: "keep", value: CANARY }],
    ["nothing that it is for", { action: "keep", name: CANARY }],
    ["a regular expression that is none", { vr: "LO", find: `(${CANARY}` }],
  ])("of which one is, or has, %s", (_what, entry) => {
    const json = JSON.stringify([{ vr: "LO", action: "keep" }, entry]);
    let thrown: unknown;
    try {
      parseRules(json);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toEqual(refused("BAD_RULE", /^rule 2: /));
    expect(String(thrown)).not.toContain(CANARY);
  });

  it("whatever they are: nothing else is thrown, and nothing is quoted", () => {
    const field = fc.constantFrom(
      ...["tag", "keyword", "vr", "creator", "element", "path", "action", "value", "find", "name"],
      ...["rules", "replace", "__proto__", "toString"],
    );
    const value = fc.oneof(
      fc.constantFrom("(0008,1030)", "keep", "LO", "(0019,xx0C)", "StudyDate", "x", CANARY),
      fc.jsonValue(),
    );
    const entry = fc.oneof(fc.dictionary(field, value), fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(fc.array(entry), entry), (rules) => {
        try {
          parseRules(JSON.stringify(rules));
        } catch (error) {
          expect(isPseudonymizerError(error) && error.code).toBe("BAD_RULE");
          expect(String(error)).not.toContain(CANARY);
        }
      }),
    );
  });

  it("of which one replaces where nothing is to be found", () => {
    expect(() => parsed({ vr: "LO", action: "keep", replace: "x" })).toThrow(refused("BAD_RULE"));
  });

  it.each(["(0008,1030", "0008,1030)", "(00081030"])("with a bracket alone: %s", (tag) => {
    expect(() => parsed({ tag, ...KEEP })).toThrow(refused("BAD_RULE"));
  });
});

describe("rules", () => {
  it("may begin with a byte order mark, as editors of Windows write it", () => {
    expect(parseRules('\ufeff[{"vr":"LO","action":"keep"}]')).toEqual([{ vr: "LO", ...KEEP }]);
  });

  it("fit all that a keyword of a repeating group is for", () => {
    const rules = parseRules('[{"keyword":"OverlayData","action":"keep"}]');
    const overlays = [0x60003000, 0x60023000].map(
      (tag) => ({ tag, vr: "OW", value: Uint8Array.of(1, 2) }) as const,
    );
    const { dataset } = pseudonymized(overlays, { rules });
    const left = dataset.elements.map(({ tag }) => tag).filter((tag) => tag >>> 24 === 0x60);
    expect(left).toEqual([0x60003000, 0x60023000]);
  });
});
