/**
 * Which work a checkpoint is of.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { fingerprintOf, type ModelParameters } from "@dsail/fl-protocol";
import type { FitSettings } from "./fit-settings.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

/** A fit. */
export interface RoundWork {
  /** What it began with. */
  readonly parameters: ModelParameters;
  readonly settings: FitSettings;
  readonly round: number | undefined;
}

/**
 * A name of 64 hexadecimal digits, other ones for a fit that began with other parameters or is done in another way: with
 * another kind of privacy above all, since nothing of a fit without may leave as one with.
 */
export function roundWork(
  { model, train, valid, privacy, ...options }: TfjsTrainerOptions,
  { parameters, settings, round }: RoundWork,
): string {
  const { schedule, optimizer, loss, balance, seed, earlyStopping, bestWeights } = options;
  const names = model.state.map(({ name }) => name);
  const data = [train, valid].map(({ size, imageShape, classes, fingerprint }) => [
    ...[size, imageShape, classes, fingerprint?.()],
  ]);
  const how = { schedule, optimizer, loss, balance, seed, earlyStopping, bestWeights };
  // A ledger and a source of randomness are no data, and do not change what is done.
  const guard = privacy === "none" ? privacy : { ...privacy, ledger: null, random: null };
  return createHash("sha256")
    .update(fingerprintOf(parameters))
    .update(JSON.stringify({ names, data, how, guard, settings, round }))
    .digest("hex");
}
