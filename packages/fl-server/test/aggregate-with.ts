/**
 * One aggregation by a strategy, without a server.
 */
import {
  checkedSource,
  type ModelParameters,
  type Scalars,
  sourceOf,
  specsOf,
} from "@dsail/fl-protocol";
import { layoutOf } from "../src/aggregate/layout.js";
import type { ReceivedUpdate } from "../src/aggregate/received-update.js";
import { createSpool, type SpoolOptions } from "../src/aggregate/spool.js";
import type {
  ClientFailure,
  FitAggregate,
  RoundContext,
  Strategy,
  StrategyState,
} from "../src/strategy.js";

/** A result of a client. */
export interface GivenReply {
  readonly parameters: ModelParameters;
  /** Default 1. */
  readonly numExamples?: number;
  readonly metrics?: Scalars;
}

/** What the strategy is given beside the replies. */
export interface Given {
  readonly parameters: ModelParameters;
  readonly state?: StrategyState;
  readonly round?: number;
  readonly failures?: readonly ClientFailure[];
  readonly spool?: SpoolOptions;
  /** Small ones show what happens at their borders. */
  readonly segmentBytes?: number;
}

/** The aggregate of these replies, of clients `0`, `1`, … */
export async function aggregateWith(
  strategy: Strategy,
  replies: readonly GivenReply[],
  { parameters, state = {}, round = 1, failures = [], ...given }: Given,
): Promise<FitAggregate> {
  const context: RoundContext = { round, parameters, state, clients: [], random: () => 0 };
  const spool = createSpool(given.spool);
  const layout = layoutOf(specsOf(parameters), given.segmentBytes);
  const updates: ReceivedUpdate[] = [];
  const results = (async function* () {
    for (const [i, reply] of replies.entries()) {
      const source = checkedSource(sourceOf(reply.parameters), layout);
      const { numExamples = 1, metrics = {} } = reply;
      strategy.checkFit?.({ clientId: `${i}`, numExamples, metrics }, context);
      const update = await spool.receive(source, layout);
      updates.push(update);
      yield { clientId: `${i}`, numExamples, metrics, update };
    }
  })();
  try {
    return await strategy.aggregateFit(context, { results, failures: () => failures });
  } finally {
    for (const update of updates) update.release();
  }
}
