/**
 * The options of the library, by those of the command line.
 *
 * @module
 */
import type { LedgerFile } from "@dsail/dp/node";
import { FlError } from "@dsail/fl-protocol";
import { BACKEND_NAMES, type BackendName } from "../tfjs/backend/selected-backend.js";
import type { FLClientOptions } from "../tfjs/trainer/fl-client-options.js";
import type { PrivacyOptions } from "../tfjs/trainer/trainer-options.js";
import { FASTAI_ADAM, type OptimizerOptions } from "../tfjs/training/optimizer-options.js";
import type { ClientFlags } from "./client-flags.js";

const OPTIMIZERS: Readonly<Record<ClientFlags["optimizer"], OptimizerOptions>> = {
  "fastai-adam": FASTAI_ADAM,
  adam: { kind: "adam" },
  adamw: { kind: "adamw", weightDecay: 0.01 },
  sgd: { kind: "sgd", momentum: 0.9 },
};

/** What goes through under its own name. */
const SAME = [
  ...["dataPath", "classes", "imageSize", "augment", "workers", "check", "unreadable"],
  ...["evaluateOn", "arch", "head", "classWeights"],
  ...["normalization", "weights", "lr", "epochs", "bs", "microBatchSize", "schedule", "balance"],
  ...["labelSmoothing", "bestWeights", "seed", "checkpointPath", "csvPath", "matrixPath"],
  ...["rocPath", "calibrationPath", "curvesPath", "tensorboardPath", "savePath"],
] as readonly (keyof ClientFlags & keyof FLClientOptions)[];

/** @throws {@link FlError} `BAD_CONFIG` for a backend that is not known */
export function flClientOptionsOf(
  flags: ClientFlags,
  ledger: LedgerFile | undefined,
): FLClientOptions {
  const same = SAME.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]);
  const { patience, monitor } = flags;
  const isStopping = patience !== undefined || monitor !== undefined;
  return {
    ...(Object.fromEntries(same) as Pick<FLClientOptions, "dataPath">),
    channels: flags.grey === true ? 1 : 3,
    optimizer: OPTIMIZERS[flags.optimizer],
    privacy: flags.dp ? privacyOf(flags, ledger) : "none",
    backend: backendOf(flags.backend),
    ...(isStopping && {
      earlyStopping: {
        ...(patience !== undefined ? { patience } : { patience: Number.MAX_SAFE_INTEGER }),
        ...(monitor !== undefined && { monitor }),
      },
    }),
  };
}

function privacyOf(flags: ClientFlags, ledger: LedgerFile | undefined): PrivacyOptions {
  const { noiseMultiplier, maxGradNorm, delta, alphas, clipping } = flags;
  return {
    ...{ noiseMultiplier, maxGradNorm, delta },
    ...(alphas && { alphas }),
    ...(ledger && { ledger }),
    ...(clipping === "adaptive" ? { adaptive: {} } : { clipping }),
  };
}

function backendOf(name: string): BackendName | "auto" {
  const known = ["auto", ...BACKEND_NAMES].find((one) => one === name);
  if (known !== undefined) return known as BackendName | "auto";
  throw new FlError("BAD_CONFIG", `--backend: expected auto or ${BACKEND_NAMES.join(", ")}`);
}
