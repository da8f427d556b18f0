import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isConverterError } from "../src/errors.js";
import type { Item } from "../src/item.js";
import { type SiteOptions, splitSites } from "../src/split-sites.js";
import { countLabels, itemsOf, mixedItems, pureItems, reordered, seeds } from "./items.js";

const options: fc.Arbitrary<SiteOptions & Required<Pick<SiteOptions, "sites">>> = fc.record(
  {
    sites: fc.oneof(
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom([0.5, 0.3, 0.2], [0.9, 0.1], [1]),
    ),
    seed: seeds,
    skew: fc.record({
      kind: fc.constantFrom("label" as const, "quantity" as const),
      alpha: fc.constantFrom(0.1, 1, 10),
    }),
  },
  { requiredKeys: ["sites", "seed"] },
);

function splitOrRefuse(items: readonly Item[], of: SiteOptions) {
  try {
    return splitSites(items, of);
  } catch (error) {
    if (isConverterError(error) && error.code === "SPLIT_IMPOSSIBLE") return undefined;
    throw error;
  }
}

describe("splitSites", () => {
  it("is complete, with every group at one site and no site empty", () => {
    fc.assert(
      fc.property(fc.oneof(pureItems, mixedItems), options, (items, of) => {
        const result = splitOrRefuse(items, of);
        if (result === undefined) return;
        expect(result.map(({ site: _, ...item }) => item)).toEqual(items);
        const siteOf = new Map(result.map((item) => [item.group, item.site]));
        for (const item of result) expect(siteOf.get(item.group)).toBe(item.site);
        const count = typeof of.sites === "number" ? of.sites : of.sites.length;
        expect([...new Set(siteOf.values())].sort()).toEqual(
          Array.from({ length: count }, (_, i) => i),
        );
      }),
    );
  });

  it("is the same whatever the order of the items", () => {
    fc.assert(
      fc.property(
        fc.oneof(pureItems, mixedItems),
        options,
        fc.array(fc.integer(), { minLength: 1 }),
        (items, of, keys) => {
          const sorted = (list: readonly Item[]) =>
            splitOrRefuse(list, of)?.toSorted((a, b) => (a.id < b.id ? -1 : 1));
          expect(sorted(reordered(items, keys))).toEqual(sorted(items));
        },
      ),
    );
  });

  it("keeps to the shares within one group for each label, without skew", () => {
    const sites = [0.5, 0.3, 0.2];
    fc.assert(
      fc.property(pureItems, seeds, (items, seed) => {
        const result = splitOrRefuse(items, { sites, seed });
        if (result === undefined) return;
        for (const [label, { total, largest }] of countLabels(items)) {
          sites.forEach((share, site) => {
            const count = result.filter((i) => i.label === label && i.site === site).length;
            expect(Math.abs(count - share * total)).toBeLessThan(largest + 1e-6);
          });
        }
      }),
    );
  });
});

it("has the shares and the seed of D-SAIL if none are given", () => {
  const items = itemsOf(Array.from({ length: 20 }, () => ({ labels: ["a"] })));
  expect(splitSites(items)).toEqual(splitSites(items, { sites: [0.5, 0.3, 0.2], seed: 3 }));
});

describe("skew", () => {
  const items = itemsOf(
    Array.from({ length: 400 }, (_, i) => ({ labels: [i % 2 === 0 ? "a" : "b"] })),
  );
  /** Mean, over seeds, of how far sites are from a quarter of the items, and from half of them being of label a. */
  function unevenness(skew: SiteOptions["skew"]) {
    let quantity = 0;
    let label = 0;
    for (let seed = 0; seed < 20; seed++) {
      const result = splitSites(items, { sites: 4, seed, ...(skew === undefined ? {} : { skew }) });
      for (let site = 0; site < 4; site++) {
        const own = result.filter((item) => item.site === site);
        quantity += Math.abs(own.length / items.length - 0.25) / 80;
        label += Math.abs(own.filter((i) => i.label === "a").length / own.length - 0.5) / 80;
      }
    }
    return { quantity, label };
  }

  it("of labels makes sites differ in their classes, the more the smaller alpha is", () => {
    expect(unevenness(undefined).label).toBeLessThan(0.01);
    expect(unevenness({ kind: "label", alpha: 100 }).label).toBeLessThan(0.05);
    expect(unevenness({ kind: "label", alpha: 0.3 }).label).toBeGreaterThan(0.2);
  });

  it("of quantity makes sites differ in size, and not in their classes", () => {
    expect(unevenness({ kind: "quantity", alpha: 100 }).quantity).toBeLessThan(0.03);
    const strong = unevenness({ kind: "quantity", alpha: 0.5 });
    expect(strong.quantity).toBeGreaterThan(0.1);
    expect(strong.label).toBeLessThan(0.1);
  });

  it.each([0, -1, Number.NaN, Infinity])("refuses alpha %d", (alpha) => {
    expect(() => splitSites(items, { sites: 2, seed: 1, skew: { kind: "label", alpha } })).toThrow(
      RangeError,
    );
  });

  it.each([0, 1.5, [0.5, 0.4], [1, 0], []])("refuses the sites %j", (sites) => {
    expect(() => splitSites(items, { sites, seed: 1 })).toThrow(
      expect.objectContaining({ code: "BAD_FRACTIONS" }),
    );
  });
});
