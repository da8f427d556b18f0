import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDuplicateName } from "./duplicate-names.js";
import { parseSitePolicy } from "./parse-site-policy.js";
import { DEFAULT_POLICY } from "./site-policy.js";
import { SITE_POLICY_SCHEMA } from "./site-policy-schema.js";

const SMALLEST = { version: 1, servers: [{ address: "a:1" }], tensors: [{ name: "*" }] };
const parse = (policy: unknown) => parseSitePolicy(JSON.stringify(policy));

describe("parseSitePolicy", () => {
  it("fills in the defaults, and freezes it", () => {
    const policy = parse({ ...SMALLEST, $schema: "site-policy.schema.json" });
    expect(policy).toEqual({ ...DEFAULT_POLICY, ...SMALLEST });
    expect(() => (policy.servers as unknown[]).push({})).toThrow(TypeError);
    expect(() => Object.assign(policy, { minExamples: 0 })).toThrow(TypeError);
  });

  it("keeps what is written", () => {
    const written = {
      ...SMALLEST,
      ...{ instructions: ["fit"], config: [{ name: "lr", minimum: 0, maximum: 1 }] },
      tensors: [{ name: "a", dtypes: ["float32"], shapes: [[], [3, "*"]] }],
      ...{ sameStructure: false, maxBytes: 1, minExamples: 0, maxRounds: 3, maxEvaluations: 4 },
      ...{ maxParameterRequests: 5, metrics: [{ name: "m*", types: ["text"] }], properties: [] },
      ...{ unlistedScalars: "drop", stateFile: "x.jsonl" },
    };
    expect(parse(written)).toEqual(written);
    // So that a new field is in this test too.
    const fields = Object.keys(SITE_POLICY_SCHEMA.properties!).filter((name) => name !== "$schema");
    expect(Object.keys(written).sort()).toEqual(fields.sort());
  });

  it.each<[string, object, string]>([
    ["a field that is not known", { minExample: 5 }, "/minExample: is not known"],
    ["no servers", { servers: undefined }, "/servers: is missing"],
    ["an empty list of servers", { servers: [] }, "/servers: expected 1 entries or more"],
    ["another version", { version: 2 }, "/version: expected 1"],
    ["a count below 0", { minExamples: -1 }, "/minExamples: expected 0 to 9007199254740991"],
    ["half a round", { maxRounds: 1.5 }, "/maxRounds: expected integer"],
    ["a text for a count", { maxBytes: "1 GB" }, "/maxBytes: expected integer"],
    [
      "a dtype that is none",
      { tensors: [{ name: "a", dtypes: ["float"] }] },
      "/tensors/0/dtypes/0",
    ],
    [
      "a size that is none",
      { tensors: [{ name: "a", shapes: [[2, "?"]] }] },
      "/tensors/0/shapes/0/1",
    ],
    ["a rule with a field too many", { metrics: [{ name: "a", max: 1 }] }, "/metrics/0/max"],
    ["a kind that is none", { instructions: ["train"] }, "/instructions/0"],
    ["a range without numbers", { config: [{ name: "a", minimum: 2, maximum: 1 }] }, "/config/0"],
  ])("refuses %s", (_, change, place) => {
    expect(() => parse({ ...SMALLEST, ...change })).toThrow(
      expect.objectContaining({ code: "BAD_CONFIG", message: expect.stringContaining(place) }),
    );
  });

  it.each([
    ["an array", "[]"],
    ["no JSON", "{version: 1}"],
    ["nothing", ""],
  ])("refuses %s", (_, text) => {
    expect(() => parseSitePolicy(text)).toThrow(expect.objectContaining({ code: "BAD_CONFIG" }));
  });

  it("refuses what looks like a prototype", () => {
    const text = JSON.stringify(SMALLEST).replace("{", '{"__proto__": {"minExamples": 0}, ');
    expect(() => parseSitePolicy(text)).toThrow("/__proto__: is not known");
  });

  it("refuses a name that is there twice, however it is written", () => {
    const text = JSON.stringify(SMALLEST);
    const twice = text
      .replace("{", '{"minExamples": 100, ')
      .replace(/}$/, ', "min\\u0045xamples": 1}');
    expect(JSON.parse(twice)).toMatchObject({ minExamples: 1 });
    expect(() => parseSitePolicy(twice)).toThrow('the policy has "minExamples" twice');
    expect(() => parseSitePolicy(`\uFEFF${text}`)).not.toThrow();
  });
});

describe("findDuplicateName", () => {
  it("finds a name that was put in twice, and no other", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.string(), (json, name) => {
        fc.pre(name !== "x" && name !== "y");
        const key = JSON.stringify(name);
        const once = `{"x": ${json}, ${key}: 1, "y": [${json}, {${key}: 2}, ${key}]`;
        expect(findDuplicateName(`${once}}`)).toBeUndefined();
        expect(findDuplicateName(`${once}, ${key}: ${json}}`)).toBe(name);
      }),
      { numRuns: 500 },
    );
    expect(findDuplicateName('{"a": [{"b": 1, "b": 2}]}')).toBe("b");
    expect(findDuplicateName('{"a": "\\"a\\": {", "b": "a", "a": 1}')).toBe("a");
  });
});

describe("site-policy.schema.json", () => {
  it("is the schema that the parser reads by", () => {
    const file = new URL("../../site-policy.schema.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(
      JSON.parse(JSON.stringify(SITE_POLICY_SCHEMA)),
    );
  });

  it("tells the defaults that hold", () => {
    for (const [name, value] of Object.entries(DEFAULT_POLICY)) {
      expect(SITE_POLICY_SCHEMA.properties![name]?.default).toEqual(value);
    }
  });
});
