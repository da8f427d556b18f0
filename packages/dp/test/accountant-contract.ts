/**
 * What any accountant must do, whatever it computes with.
 *
 *     describeAccountant("rdp", rdpAccountant, { knows: ["gaussian", "laplace"], knowsReplaced: ["gaussian"] });
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import type { DpEvent } from "../src/event.js";
import { composed, repeated } from "../src/make-event.js";
import { checksOfKind, checksOfSampling } from "./contract/checks-of-mechanism.js";
import { checksOfReplacement } from "./contract/checks-of-replacement.js";
import {
  type ContractCheck,
  type ContractOptions,
  type CreateAccountant,
  DELTA,
  expectRefused,
  isSampled,
  MAKE,
  type MechanismKind,
  NON_PRIVATE,
  NONE,
} from "./contract/settings.js";

/** Describes the contract: call it at the top of a test file. */
export function describeAccountant(
  name: string,
  create: CreateAccountant,
  options: ContractOptions,
): void {
  describe(`contract of an accountant: ${name}`, () => {
    it.each(accountantContract(create, options))("$name", ({ run }) => run());
  });
}

/** The contract, check by check. */
export function accountantContract(
  create: CreateAccountant,
  options: ContractOptions,
): readonly ContractCheck[] {
  return [
    ...checksOfEnds(create, options),
    ...options.knows.flatMap((kind) => checksOfKind(create, kind, options)),
    ...options.knows.filter(isSampled).flatMap((kind) => checksOfSampling(create, kind, options)),
    ...checksOfReplacement(create, options),
    ...checksOfRefusal(create, options),
  ];
}

/** Nothing, and everything. */
function checksOfEnds(create: CreateAccountant, { knows }: ContractOptions): ContractCheck[] {
  const accountant = create();
  const free: readonly (readonly [string, DpEvent])[] = [
    ["none", NONE],
    ["nothing composed", composed()],
    ["nothing repeated", repeated(NONE, 1000)],
    ["private data 0 times", repeated(NON_PRIVATE, 0)],
  ];
  const ruinous: readonly (readonly [string, DpEvent])[] = [
    ["non-private", NON_PRIVATE],
    ["non-private, nested", composed(NONE, repeated(composed(NON_PRIVATE), 2))],
    ...knows.map((kind) => [`${kind} without noise`, MAKE[kind](0)] as const),
  ];
  return [
    ...free.map(([name, event]) => ({
      name: `spends nothing on ${name}`,
      run: () => {
        expect(accountant.epsilon(event, DELTA).epsilon).toBe(0);
        expect(accountant.delta(event, 0).delta).toBe(0);
      },
    })),
    ...ruinous.map(([name, event]) => ({
      name: `promises nothing for ${name}`,
      run: () => {
        expect(accountant.epsilon(event, DELTA).epsilon).toBe(Number.POSITIVE_INFINITY);
        expect(accountant.delta(event, 100).delta).toBe(1);
      },
    })),
  ];
}

/** What must not be answered. */
function checksOfRefusal(create: CreateAccountant, { knows }: ContractOptions): ContractCheck[] {
  const accountant = create();
  const others = (Object.keys(MAKE) as MechanismKind[]).filter((kind) => !knows.includes(kind));
  const unknown: readonly (readonly [string, unknown])[] = [
    ...others.map((kind) => [kind, MAKE[kind](1)] as const),
    ["a kind of another version", { kind: "discrete-gaussian", noiseMultiplier: 1 }],
    ["noise that is negative", { kind: "gaussian", noiseMultiplier: -1 }],
    ["noise that is not a number", { kind: "gaussian", noiseMultiplier: Number.NaN }],
    [
      "a sample of an unknown kind",
      { kind: "poisson-sampled", sampleRate: 0.1, event: { kind: "exponential" } },
    ],
    ["no event", null],
  ];
  return [
    ...others.map((kind) => ({
      name: `names what it refuses: ${kind}`,
      run: () => expect(() => accountant.epsilon(MAKE[kind](1), DELTA)).toThrow(kind),
    })),
    ...unknown.map(([name, event]) => ({
      name: `refuses ${name}, at any depth`,
      run: () => {
        for (const each of [
          event,
          { kind: "repeated", count: 2, event },
          { kind: "composed", events: [NONE, { kind: "composed", events: [event] }] },
          // Also where infinity would be a true answer: what is not known must be seen.
          { kind: "composed", events: [NON_PRIVATE, event] },
        ]) {
          expectRefused(() => accountant.epsilon(each as DpEvent, DELTA));
          expectRefused(() => accountant.delta(each as DpEvent, 1));
        }
      },
    })),
    ...[0, 1, -0.1, 1.5, Number.NaN].map((delta) => ({
      name: `refuses delta ${delta}`,
      run: () => expect(() => accountant.epsilon(NONE, delta)).toThrow(RangeError),
    })),
    ...[-1e-9, Number.NaN].map((epsilon) => ({
      name: `refuses epsilon ${epsilon}`,
      run: () => expect(() => accountant.delta(NONE, epsilon)).toThrow(RangeError),
    })),
  ];
}
