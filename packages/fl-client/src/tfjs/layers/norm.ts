/**
 * The norm of a network: by the batch, or by groups of channels.
 *
 * @module
 */
import { batchNorm } from "./batch-norm.js";
import { groupNorm } from "./group-norm.js";
import type { Module } from "./module.js";

/** Which norm a network is built with. */
export type Normalization = "batch" | "group";

/** Opacus' number of groups (`min(32, C)`), where that divides the channels. */
const MAX_GROUPS = 32;

/** A norm over the last dimension, which has `channels`. */
export function norm(channels: number, normalization: Normalization): Module {
  if (normalization === "batch") return batchNorm({ channels });
  return groupNorm({ channels, groups: groupsOf(channels) });
}

/**
 * In how many groups channels are normalized: min(32, C), as Opacus' `ModuleValidator.fix`. Where that doesn't divide C
 * (144 channels of mobilenet_v2), Opacus fails, and this takes the next number below that does.
 */
export function groupsOf(channels: number): number {
  let groups = Math.min(MAX_GROUPS, channels);
  while (channels % groups !== 0) groups--;
  return groups;
}
