/**
 * Strategies by name, for a command line and its config file.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import { bulyan } from "../strategies/bulyan.js";
import { faultTolerantFedAvg } from "../strategies/fault-tolerant-fed-avg.js";
import { fedAdagrad } from "../strategies/fed-adagrad.js";
import { fedAdam } from "../strategies/fed-adam.js";
import { fedAvg } from "../strategies/fed-avg.js";
import { fedAvgM } from "../strategies/fed-avg-m.js";
import { fedMedian } from "../strategies/fed-median.js";
import { fedOpt } from "../strategies/fed-opt.js";
import { fedProx } from "../strategies/fed-prox.js";
import { fedTrimmedAvg } from "../strategies/fed-trimmed-avg.js";
import { fedYogi } from "../strategies/fed-yogi.js";
import { krum, multiKrum } from "../strategies/krum.js";
import { qFedAvg } from "../strategies/q-fed-avg.js";
import type { StrategyOptions } from "../strategies/strategy-options.js";
import type { Strategy } from "../strategy.js";

/** A strategy, and which options of its own it has. */
interface Entry {
  readonly make: (options: never) => Strategy;
  readonly own: readonly string[];
}

const ADAPTIVE = ["eta", "beta1", "beta2", "tau"];

const ENTRIES: Readonly<Record<string, Entry>> = {
  "fed-avg": { make: fedAvg, own: [] },
  "fed-avg-m": { make: fedAvgM, own: ["serverLearningRate", "serverMomentum"] },
  "fed-prox": { make: fedProx, own: ["proximalMu"] },
  "fed-opt": { make: fedOpt, own: ["eta", "beta1"] },
  "fed-adam": { make: fedAdam, own: ADAPTIVE },
  "fed-yogi": { make: fedYogi, own: ADAPTIVE },
  "fed-adagrad": { make: fedAdagrad, own: ["eta", "tau"] },
  "q-fed-avg": { make: qFedAvg, own: ["qParam", "qfflLearningRate", "trainLossKey"] },
  "fault-tolerant-fed-avg": {
    make: faultTolerantFedAvg,
    own: ["minCompletionRateFit", "minCompletionRateEvaluate"],
  },
  "fed-median": { make: fedMedian, own: [] },
  "fed-trimmed-avg": { make: fedTrimmedAvg, own: ["beta"] },
  krum: { make: krum, own: ["numMaliciousClients"] },
  "multi-krum": { make: multiKrum, own: ["numMaliciousClients", "numClientsToKeep"] },
  bulyan: { make: bulyan, own: ["numMaliciousClients"] },
};

/** The names. */
export const STRATEGY_NAMES: readonly string[] = Object.keys(ENTRIES);

/** What every strategy may be told that can be written down. */
const SHARED = ["minFitResults", "acceptFailures"];

/**
 * A strategy.
 *
 * @param own - options of this strategy, from outside
 * @throws {@link FlError} `BAD_CONFIG` for an option it does not have; {@link RangeError}
 */
export function strategyOf(
  name: string,
  own: Readonly<Record<string, unknown>>,
  options: StrategyOptions,
): Strategy {
  const entry = ENTRIES[name];
  if (entry === undefined) throw new FlError("BAD_CONFIG", "a strategy that is not known");
  const known = [...SHARED, ...entry.own];
  for (const [key, value] of Object.entries(own)) {
    if (!known.includes(key)) {
      const what = `strategyOptions: ${name} has ${known.join(", ")}; not all that was given`;
      throw new FlError("BAD_CONFIG", what);
    }
    const expected =
      key === "trainLossKey" ? "string" : key === "acceptFailures" ? "boolean" : "number";
    if (typeof value === expected) continue;
    throw new FlError("BAD_CONFIG", `strategyOptions: ${key} has to be a ${expected}`);
  }
  if (name === "fed-prox" && own["proximalMu"] === undefined) {
    throw new FlError("BAD_CONFIG", "strategyOptions: fed-prox needs proximalMu");
  }
  // Checked above, as far as types go; ranges are the strategy's own to check.
  return entry.make({ ...options, ...own } as never);
}
