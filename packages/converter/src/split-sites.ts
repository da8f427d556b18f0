/**
 * Divides items among sites, as if several hospitals had them: to try federated learning on one data set.
 *
 * @module
 */
import { assignGroups, type Targets } from "./assign-groups.js";
import { drawDirichlet } from "./dirichlet.js";
import { ConverterError } from "./errors.js";
import { assertFractions } from "./fractions.js";
import { groupsOf, type Item, labelTotals } from "./item.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";
import { DEFAULT_SEED } from "./split.js";

/** The shares of D-SAIL's three hospitals. */
export const DEFAULT_SITES: readonly number[] = [0.5, 0.3, 0.2];

/** A draw that leaves a site without items is made again, this many times in all. */
const MAX_DRAWS = 100;

/** How sites are made unequal on purpose. */
export interface Skew {
  /**
   * `label`: each label is shared out by a draw of its own, so that sites differ in their classes. `quantity`: one draw says how
   * much of everything each site has.
   */
  readonly kind: "label" | "quantity";
  /** Concentration of the Dirichlet distribution, above 0: at 100 sites are all but equal, at 0.1 very unequal. */
  readonly alpha: number;
}

export interface SiteOptions {
  /** How many sites, sharing equally; or the share of each, above 0, summing to 1. Default `[0.5, 0.3, 0.2]`, as D-SAIL has them. */
  readonly sites?: number | readonly number[];
  /** Which of the possible divisions: an integer in [0, 2^53). Default 3, as D-SAIL has it. */
  readonly seed?: number;
  /** Default: none, each site has its share of each label. */
  readonly skew?: Skew;
}

/** An item, and where it belongs. */
export type AtSite<T extends Item> = T & {
  /** From 0. */
  readonly site: number;
};

/**
 * Divides items among sites: every item is at one, every group wholly at one. Without skew, labels are divided as
 * {@link splitItems} does, with the shares for fractions.
 *
 * With skew, the shares are drawn: by Dirichlet(alpha x sites x share), which is Dirichlet(alpha, …, alpha) for equal shares. A draw
 * that leaves a site empty is made again, up to 100 times.
 *
 * The same items, in whatever order, with the same options give the same sites. The result has the order of `items`.
 *
 * @throws {@link ConverterError} `BAD_FRACTIONS`; `DUPLICATE_ITEM`; `SPLIT_IMPOSSIBLE` if a site would be empty
 * @throws {@link RangeError} if `seed` or `skew` is out of range
 */
export function splitSites<T extends Item>(
  items: readonly T[],
  { sites = DEFAULT_SITES, seed = DEFAULT_SEED, skew }: SiteOptions = {},
): readonly AtSite<T>[] {
  const shares = sharesOf(sites);
  if (skew !== undefined) assertSkew(skew);
  const groups = groupsOf(items);
  if (groups.length < shares.length) {
    throw new ConverterError(
      "SPLIT_IMPOSSIBLE",
      `${shares.length} sites need as many groups, and there are ${groups.length}`,
    );
  }
  const totals = labelTotals(groups);
  const random = seededRandom(seed);
  for (let draw = 0; draw < (skew === undefined ? 1 : MAX_DRAWS); draw++) {
    const assigned = assignGroups(groups, drawTargets(totals, shares, skew, random), random);
    if (new Set(assigned.values()).size === shares.length) {
      return items.map((item) => ({ ...item, site: assigned.get(item.group) ?? 0 }));
    }
  }
  throw new ConverterError(
    "SPLIT_IMPOSSIBLE",
    `one of ${shares.length} sites would be empty: its share is too little of ${groups.length} groups`,
  );
}

function drawTargets(
  totals: ReadonlyMap<string, number>,
  shares: readonly number[],
  skew: Skew | undefined,
  random: SeededRandom,
): Targets {
  const draw = () =>
    skew === undefined
      ? shares
      : drawDirichlet(
          shares.map((share) => skew.alpha * shares.length * share),
          random,
        );
  const common = skew?.kind === "label" ? undefined : draw();
  return new Map(
    [...totals].map(([label, total]) => [label, (common ?? draw()).map((share) => share * total)]),
  );
}

function sharesOf(sites: number | readonly number[]): readonly number[] {
  if (typeof sites === "number") {
    if (!Number.isSafeInteger(sites) || sites < 1) {
      throw new ConverterError("BAD_FRACTIONS", `sites: expected a whole number, got ${sites}`);
    }
    return Array.from({ length: sites }, () => 1 / sites);
  }
  assertFractions("sites", sites);
  if (sites.includes(0)) {
    throw new ConverterError("BAD_FRACTIONS", "sites: expected shares above 0, got 0");
  }
  return sites;
}

function assertSkew({ kind, alpha }: Skew): void {
  if (kind !== "label" && kind !== "quantity") {
    throw new RangeError(`skew.kind: expected label or quantity, got ${String(kind)}`);
  }
  if (!(alpha > 0 && Number.isFinite(alpha))) {
    throw new RangeError(`skew.alpha: expected a number above 0, got ${alpha}`);
  }
}
