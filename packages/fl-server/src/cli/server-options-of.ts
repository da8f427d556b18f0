/**
 * From options of the command line to those of a run.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import {
  FlError,
  type Limits,
  type ModelParameters,
  readNpz,
  readSafetensors,
} from "@dsail/fl-protocol";
import type { ServerOptions } from "../server-options.js";
import { weightedMeanOfMetrics } from "../strategies/strategy-options.js";
import { given } from "./given.js";
import type { ServerFlags } from "./server-flags.js";
import { strategyOf } from "./strategy-of.js";
import { roundTimeoutOf, transportsOf } from "./transports-of.js";

/**
 * Reads the files that are named, and makes everything ready to run.
 *
 * @throws {@link FlError} `BAD_CONFIG`, `BAD_TENSOR`, `LIMIT_EXCEEDED`; {@link RangeError}; errors of the file system
 */
export async function serverOptionsOf(flags: ServerFlags): Promise<ServerOptions> {
  const { fractionFit, fractionEvaluate, minFitClients, minAvailableClients } = flags;
  const limits: Limits = given({ maxMessageBytes: flags.maxMessageBytes });
  const initialParameters =
    flags.initialParameters === undefined
      ? undefined
      : await readParameters(flags.initialParameters);
  const strategy = strategyOf(flags.strategy, flags.strategyOptions, {
    ...{ fractionFit, fractionEvaluate, minFitClients, minAvailableClients },
    minEvaluateClients: flags.minEvalClients,
    fitMetricsAggregation: weightedMeanOfMetrics,
    evaluateMetricsAggregation: weightedMeanOfMetrics,
    ...given({ initialParameters }),
  });
  return {
    transports: await transportsOf(flags, limits),
    strategy,
    numRounds: flags.numRounds,
    onRoundFailure: flags.onRoundFailure,
    roundTimeoutMs: roundTimeoutOf(flags),
    limits,
    updateLimits: given({ maxUpdateNorm: flags.maxUpdateNorm }),
    ...given({
      runId: flags.runId,
      seed: flags.seed,
      waitForClientsTimeoutMs: milliseconds(flags.waitTimeout),
      checkpoint: checkpointOf(flags),
      saveModel: saveModelOf(flags),
    }),
  };
}

function saveModelOf(flags: ServerFlags): ServerOptions["saveModel"] {
  const { savePath: folder, bestBy: by, bestMode: mode, overwrite } = flags;
  if (folder === undefined) return undefined;
  return { folder, best: { by, ...given({ mode }) }, ...given({ overwrite }) };
}

function checkpointOf(flags: ServerFlags): ServerOptions["checkpoint"] {
  const { checkpointPath, savePath, resume, overwrite } = flags;
  const folder =
    checkpointPath ?? (savePath === undefined ? undefined : join(savePath, "checkpoint"));
  if (folder !== undefined) return { folder, ...given({ resume, overwrite }) };
  if (resume !== true) return undefined;
  throw new FlError("BAD_CONFIG", "--resume needs --checkpoint-path or --save-path");
}

async function readParameters(path: string): Promise<ModelParameters> {
  switch (extname(path)) {
    case ".npz":
      return readNpz(await readFile(path));
    case ".safetensors":
      return readSafetensors(await readFile(path)).parameters;
    default:
      throw new FlError("BAD_CONFIG", "--initial-parameters: expected .npz or .safetensors");
  }
}

const milliseconds = (seconds: number | undefined) =>
  seconds === undefined ? undefined : seconds * 1000;
