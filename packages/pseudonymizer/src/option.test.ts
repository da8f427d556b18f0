import { describe, expect, it } from "vitest";
import { refused } from "../test/pseudonymized.js";
import type { TableOption } from "./action.js";
import { ANNEX_E_ROWS } from "./generated/annex-e.js";
import { CID_7050 } from "./generated/cid7050.js";
import {
  checkOptions,
  codeValueOfOption,
  formatOption,
  parseOption,
  TABLE_OPTIONS,
} from "./option.js";

describe("the options", () => {
  it("are the columns of Table E.1-1", () => {
    const columns = new Set(ANNEX_E_ROWS.flatMap(({ options }) => Object.keys(options)));
    // E.3.10 asks nothing of single attributes that have rows, but of private ones.
    columns.add("retainSafePrivate");
    expect([...TABLE_OPTIONS].sort()).toEqual([...columns].sort());
  });

  it("have the codes of CID 7050 that mean them, in that order", () => {
    const meanings = TABLE_OPTIONS.map((option) => {
      const code = CID_7050.find(({ codeValue }) => codeValue === codeValueOfOption(option));
      expect(code?.codingSchemeDesignator).toBe("DCM");
      return code?.codeMeaning;
    });
    expect(meanings).toEqual([
      "Clean Graphics Option",
      "Clean Structured Content Option",
      "Clean Descriptors Option",
      "Retain Longitudinal Temporal Information Full Dates Option",
      "Retain Longitudinal Temporal Information Modified Dates Option",
      "Retain Patient Characteristics Option",
      "Retain Device Identity Option",
      "Retain UIDs Option",
      "Retain Safe Private Option",
      "Retain Institution Identity Option",
    ]);
    const codes = TABLE_OPTIONS.map(codeValueOfOption);
    expect(codes).toEqual([...new Set(codes)].sort());
  });

  it.each(TABLE_OPTIONS)("are understood in either spelling: %s", (option) => {
    expect(formatOption(option)).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
    for (const text of [option, formatOption(option), ` ${formatOption(option)}\n`]) {
      expect(parseOption(text)).toBe(option);
    }
  });

  it.each(["", "canary", "Retain-UIDs", "retain uids", "basic", "constructor", "-retain-uids"])(
    "that are none are refused, with those that are: %j",
    (text) => {
      expect(() => parseOption(text)).toThrow(
        refused("BAD_OPTION", /retain-uids.*clean-graphics|clean-graphics.*retain-uids/),
      );
      expect(() => parseOption(text)).not.toThrow(/canary/);
    },
  );

  it.each(["clean-pixel-data", "cleanPixelData", "clean-recognizable-visual-features"])(
    "of pixels are refused, and it is said why: %s",
    (text) => {
      expect(() => parseOption(text)).toThrow(refused("BAD_OPTION", /pixels/));
    },
  );
});

describe("options together", () => {
  it("are a set, each once, however often and in whatever spelling it is given", () => {
    const given = ["retainUids", "retain-uids", "cleanGraphics"] as TableOption[];
    expect([...checkOptions(given)]).toEqual(["retainUids", "cleanGraphics"]);
    expect(checkOptions([]).size).toBe(0);
  });

  it("may be all but one of the two about dates", () => {
    const [full, modified] = [
      "retainLongitudinalFullDates",
      "retainLongitudinalModifiedDates",
    ] as const;
    for (const left of [full, modified]) {
      const others = TABLE_OPTIONS.filter((option) => option !== left);
      expect(checkOptions(others).size).toBe(TABLE_OPTIONS.length - 1);
    }
    expect(() => checkOptions([full, modified])).toThrow(refused("BAD_OPTION", /E\.3\.6/));
    expect(() => checkOptions([modified, full])).toThrow(refused("BAD_OPTION"));
  });

  it("are refused if one is none", () => {
    expect(() => checkOptions(["retainUids", "retainAll" as TableOption])).toThrow(
      refused("BAD_OPTION"),
    );
  });
});
