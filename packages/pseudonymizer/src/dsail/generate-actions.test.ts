import { describe, expect, it, vi } from "vitest";
import { refused } from "../../test/pseudonymized.js";
import * as actions from "./actions.js";
import {
  ACTION_NAMES,
  generateActions,
  generateActionsDictionary,
  initializeActions,
} from "./generate-actions.js";
import { merged, parseActionArguments, parseActions } from "./parse-actions.js";
import { ALL_TAGS } from "./tag-groups.js";

describe("generateActions", () => {
  it("gives all tags the action", () => {
    const made = generateActions(["(0x0010, 0x0010)", "(0008,1030)"], "delete_or_empty");
    expect([...made]).toEqual([
      ["(0010,0010)", actions.deleteOrEmpty],
      ["(0008,1030)", actions.deleteOrEmpty],
    ]);
  });

  it.each([
    ["replace_UID", actions.replaceUid],
    ["replaceUid", actions.replaceUid],
    ["delete_or_empty_or_replace_UID", actions.deleteOrEmptyOrReplaceUid],
    ["deleteOrEmptyOrReplaceUid", actions.deleteOrEmptyOrReplaceUid],
    ["replace_and_keep_correspondance", actions.replaceAndKeepCorrespondence],
    ["replaceAndKeepCorrespondence", actions.replaceAndKeepCorrespondence],
    ["delete", actions.remove],
  ])("knows %s", (name, action) => {
    expect(generateActions(["(0010,0010)"], name).get("(0010,0010)")).toBe(action);
  });

  it("knows every name that it tells", () => {
    for (const name of ACTION_NAMES) {
      const options = name === "regexp" ? { find: "a", replace: "b" } : undefined;
      expect(generateActions(["(0010,0010)"], name, options).size).toBe(1);
    }
  });

  it.each([
    ["an action that there is none of, which D-SAIL took for keep", "anonymise", undefined],
    ["code, which D-SAIL ran", "__import__('os').system('true')", undefined],
    ["a name of every object", "constructor", undefined],
    ["regexp without what to find", "regexp", undefined],
    ["what to find for another action", "delete", { find: "a", replace: "b" }],
    ["an expression that is none", "regexp", { find: "(", replace: "" }],
  ])("refuses %s", (_what, action, options) => {
    expect(() => generateActions(["(0010,0010)"], action, options)).toThrow(refused("BAD_RULE"));
  });
});

describe("generateActionsDictionary", () => {
  it("takes names, functions, and names of the caller's own", () => {
    const own = vi.fn(() => undefined);
    const made = generateActionsDictionary(
      { "(0010,0010)": "keep", "(0x0008, 0x1030)": "suffix", "(0008,103E)": actions.empty },
      { suffix: own },
    );
    expect(Object.fromEntries(made)).toEqual({
      "(0010,0010)": actions.keep,
      "(0008,1030)": own,
      "(0008,103E)": actions.empty,
    });
  });
});

describe("initializeActions", () => {
  it("has an action for each tag of the table", () => {
    expect([...initializeActions().keys()].sort()).toEqual([...ALL_TAGS].sort());
  });
});

describe("actions of a command line and of JSON", () => {
  it("are a tag and an action by turns, with two texts more behind regexp", () => {
    const made = parseActionArguments([
      ...["(0x0010,0x0010)", "keep"],
      ...["(0008,1030)", "regexp", "a+", ""],
      ...["(0010,0010)", "delete"],
    ]);
    expect([...made.keys()]).toEqual(["(0010,0010)", "(0008,1030)"]);
    expect(made.get("(0010,0010)")).toBe(actions.remove);
  });

  it.each([[["(0010,0010)"]], [["(0010,0010)", "regexp", "a"]], [["keep", "(0010,0010)"]]])(
    "are not %j",
    (words) => {
      expect(() => parseActionArguments(words)).toThrow(refused("BAD_RULE"));
    },
  );

  it("are an object of names and of regexp objects", () => {
    const made = parseActions(
      '{"(0x0010, 0x0010)": "keep", "(0008,1030)": {"action": "regexp", "find": "a", "replace": "b"}}',
    );
    expect([...made.keys()]).toEqual(["(0010,0010)", "(0008,1030)"]);
  });

  it.each([
    "no JSON",
    "[]",
    '{"(0010,0010)": 1}',
    '{"(0010,0010)": {"action": "regexp", "find": "a"}}',
    '{"(0010,0010)": {"find": "a", "replace": "b"}}',
    '{"(0010,0010)": {"action": "keep", "more": 1}}',
    '{"(0010,0010)": "os.system"}',
  ])("are not %s", (json) => {
    expect(() => parseActions(json)).toThrow(refused("BAD_RULE"));
  });

  it("are, of two for one tag, the later one", () => {
    const [first, second] = [
      generateActions(["(0010,0010)"], "keep"),
      generateActions(["(0010,0010)"], "empty"),
    ];
    expect([...merged([first, second])]).toEqual([["(0010,0010)", actions.empty]]);
  });
});
