/** The contract must see what is wrong: accountants with one mistake each, and the check that tells. */
import { describe, expect, it } from "vitest";
import type { Accountant } from "../src/accountant.js";
import type { DpEvent } from "../src/event.js";
import { composed, gaussian, repeated } from "../src/make-event.js";
import { rdpAccountant } from "../src/rdp-accountant.js";
import { accountantContract } from "./accountant-contract.js";
import type { ContractOptions, CreateAccountant } from "./contract/settings.js";

const options: ContractOptions = {
  knows: ["gaussian", "sampled-gaussian", "laplace", "tree-aggregation"],
  knowsReplaced: ["gaussian", "laplace", "tree-aggregation"],
  numRuns: 20,
};

/** An accountant that sees other events than there are. */
const seeing =
  (look: (event: DpEvent) => DpEvent): CreateAccountant =>
  (chosen) => {
    const right = rdpAccountant(chosen);
    return {
      ...right,
      epsilon: (event, delta) => right.epsilon(look(event), delta),
      delta: (event, epsilon) => right.delta(look(event), epsilon),
    };
  };

/** An accountant that answers something else. */
const answering =
  (wrong: (right: Accountant) => Partial<Accountant>): CreateAccountant =>
  (chosen) => {
    const right = rdpAccountant(chosen);
    return { ...right, ...wrong(right) };
  };

const knownKinds = new Set(["none", "non-private", "gaussian", "laplace", "poisson-sampled"]);

const WRONG: readonly (readonly [string, CreateAccountant, string])[] = [
  [
    "counts what is repeated once",
    seeing((event) => (event.kind === "repeated" && event.count > 0 ? event.event : event)),
    "gaussian: spends more in 20 steps than in 10",
  ],
  [
    "looks at the first of what is composed",
    seeing((event) => (event.kind === "composed" ? (event.events[0] ?? event) : event)),
    "gaussian: does not ask how an event is nested",
  ],
  [
    "leaves out what it does not know",
    seeing((event) =>
      event !== null && (knownKinds.has(event.kind) || "events" in event || "count" in event)
        ? event
        : { kind: "none" },
    ),
    "refuses a kind of another version, at any depth",
  ],
  [
    "takes a part of the data for all of them, at rate 0 too",
    seeing((event) => (event?.kind === "poisson-sampled" ? event.event : event)),
    "sampled-gaussian: spends nothing at sample rate 0, and what it does without samples at 1",
  ],
  [
    "promises a little less epsilon than its delta allows",
    answering((right) => ({
      epsilon: (event, delta) => {
        const bound = right.epsilon(event, delta);
        return { ...bound, epsilon: 0.999 * bound.epsilon };
      },
    })),
    "gaussian: tells the same by epsilon and by delta",
  ],
  [
    "takes noise for a variance",
    seeing((event) =>
      event?.kind === "repeated" && event.event.kind === "gaussian"
        ? repeated(
            gaussian({ noiseMultiplier: 1 / (event.event.noiseMultiplier || 1) }),
            event.count,
          )
        : event,
    ),
    "gaussian: spends less with more noise",
  ],
  [
    "tells a lower bound that is above the upper one",
    answering((right) => ({
      epsilon: (event, delta) => {
        const bound = right.epsilon(event, delta);
        return { ...bound, lowerEpsilon: 1.01 * bound.epsilon };
      },
    })),
    "gaussian: is an upper bound that is a number above 0",
  ],
  [
    "answers for a replacement what holds for a removal",
    (chosen) => {
      const right = rdpAccountant();
      return { ...rdpAccountant(chosen), epsilon: right.epsilon, delta: right.delta };
    },
    "replace-one: moves a sum by twice as much: gaussian",
  ],
  [
    "does not tell a sample from data under replacement",
    (chosen) => ({
      ...rdpAccountant(),
      neighboringRelation: rdpAccountant(chosen).neighboringRelation,
    }),
    "replace-one: refuses what it knows otherwise, by name: sampled-gaussian",
  ],
  [
    "forgets where there is no privacy",
    seeing((event) =>
      event?.kind === "composed"
        ? composed(...event.events.filter(({ kind }) => kind !== "repeated"))
        : event,
    ),
    "promises nothing for non-private, nested",
  ],
];

describe("a wrong accountant is seen", () => {
  it.each(WRONG)("%s", (_, create, name) => {
    const check = accountantContract(create, options).find((each) => each.name === name);
    expect(check?.name).toBe(name);
    expect(check?.run).toThrow();
  });

  it("and the right one passes each of these checks", () => {
    const names = new Set(WRONG.map(([, , name]) => name));
    const checks = accountantContract(rdpAccountant, options).filter((each) =>
      names.has(each.name),
    );
    expect(checks.length).toBe(names.size);
    for (const { run } of checks) run();
  });
});
