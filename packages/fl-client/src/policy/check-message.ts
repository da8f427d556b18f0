/**
 * What a policy says of an instruction that has come, and of a reply that is to leave. Pure: what has left before is told.
 *
 * @module
 */
import type { Instruction, ModelParameters, Reply, Scalars } from "@dsail/fl-protocol";
import type { ReleaseCount } from "../release-counts.js";
import { byteLengthOfScalars, findUnlisted, splitListed } from "./check-scalars.js";
import { byteLengthOfTensors, findDifference, findUnlistedTensor } from "./check-tensors.js";
import type { CompletePolicy, PolicyRule, Refusal, ServerRule } from "./site-policy.js";

/** What becomes of a reply. */
export type PolicyVerdict =
  | { readonly refusal: Refusal }
  | {
      readonly reply: Reply<ModelParameters>;
      /** Names of metrics or properties that were taken off. */
      readonly dropped: readonly string[];
    };

/** Why the site does not work for a server; undefined if it does. */
export function checkServer(
  rules: readonly ServerRule[],
  { address, transport }: { readonly address: string; readonly transport: string },
): Refusal | undefined {
  const isListed = rules.some(
    (rule) =>
      rule.address.toLowerCase() === address.toLowerCase() &&
      (rule.transport === undefined || rule.transport === transport),
  );
  return isListed
    ? undefined
    : refuse("servers", `${address} by the transport ${transport} is not listed`);
}

/** Why the site does not do what it is asked; undefined if it does. */
export function checkInstruction(
  { kind, config }: Instruction,
  policy: CompletePolicy,
  left: ReleaseCount,
): Refusal | undefined {
  if (!policy.instructions.includes(kind)) return refuse("instructions", `${kind} is not listed`);
  const unlisted = findUnlisted(config, policy.config);
  if (unlisted !== undefined) return refuse("config", unlisted);
  return checkCount(kind, policy, left);
}

/**
 * Whether a reply may leave. Everything that its instruction had to be is asked again: this is the gate, the check of
 * the instruction only saves work.
 */
export function checkReply(
  reply: Exclude<Reply<ModelParameters>, { readonly kind: "failure" }>,
  instruction: Instruction,
  policy: CompletePolicy,
  left: ReleaseCount,
): PolicyVerdict {
  if (reply.kind !== instruction.kind) {
    return { refusal: refuse("instructions", `${reply.kind} was not asked for`) };
  }
  const refusal =
    checkInstruction(instruction, policy, left) ??
    checkExamples(reply, policy) ??
    checkParameters(reply, instruction, policy);
  if (refusal !== undefined) return { refusal };
  const checked = checkOwnScalars(reply, policy);
  if ("refusal" in checked) return checked;
  const bytes = byteLengthOfReply(checked.reply);
  if (bytes > policy.maxBytes) {
    return { refusal: refuse("maxBytes", `${bytes} bytes, ${policy.maxBytes} allowed`) };
  }
  return checked;
}

function checkCount(
  kind: Instruction["kind"],
  policy: CompletePolicy,
  left: ReleaseCount,
): Refusal | undefined {
  if (kind === "getProperties") return undefined;
  const rule = COUNT_RULES[kind];
  if (left[kind] < policy[rule]) return undefined;
  return refuse(rule, `${left[kind]} have left, ${policy[rule]} allowed`);
}

const COUNT_RULES = {
  fit: "maxRounds",
  evaluate: "maxEvaluations",
  getParameters: "maxParameterRequests",
} as const satisfies Record<string, PolicyRule>;

function checkExamples(
  reply: Reply<ModelParameters>,
  { minExamples }: CompletePolicy,
): Refusal | undefined {
  if (reply.kind !== "fit" && reply.kind !== "evaluate") return undefined;
  if (reply.numExamples >= minExamples) return undefined;
  return refuse("minExamples", `${reply.numExamples} examples, ${minExamples} needed`);
}

function checkParameters(
  reply: Reply<ModelParameters>,
  instruction: Instruction,
  policy: CompletePolicy,
): Refusal | undefined {
  if (!("parameters" in reply)) return undefined;
  const unlisted = findUnlistedTensor(reply.parameters, policy.tensors);
  if (unlisted !== undefined) return refuse("tensors", unlisted);
  if (instruction.kind !== "fit" || !policy.sameStructure) return undefined;
  const difference = findDifference(reply.parameters, instruction.parameters);
  return difference === undefined ? undefined : refuse("sameStructure", difference);
}

/** Metrics or properties, of which unlisted ones are refused or taken off. */
function checkOwnScalars(reply: Reply<ModelParameters>, policy: CompletePolicy): PolicyVerdict {
  const field = reply.kind === "getProperties" ? "properties" : "metrics";
  const scalars = scalarsOfReply(reply);
  if (scalars === undefined) return { reply, dropped: [] };
  if (policy.unlistedScalars === "drop") {
    const { listed, dropped } = splitListed(scalars, policy[field]);
    return { reply: { ...reply, [field]: listed } as typeof reply, dropped };
  }
  const unlisted = findUnlisted(scalars, policy[field]);
  return unlisted === undefined ? { reply, dropped: [] } : { refusal: refuse(field, unlisted) };
}

function scalarsOfReply(reply: Reply<ModelParameters>): Scalars | undefined {
  if ("metrics" in reply) return reply.metrics;
  return reply.kind === "getProperties" ? reply.properties : undefined;
}

function byteLengthOfReply(reply: Reply<ModelParameters>): number {
  const scalars = scalarsOfReply(reply);
  return (
    (scalars === undefined ? 0 : byteLengthOfScalars(scalars)) +
    ("parameters" in reply ? byteLengthOfTensors(reply.parameters) : 0)
  );
}

function refuse(rule: PolicyRule, detail: string): Refusal {
  return { rule, detail };
}
