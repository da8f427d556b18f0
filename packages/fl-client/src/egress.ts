/**
 * The gate: everything that leaves a site passes here, and nowhere else.
 *
 * In this order: hooks may change a reply (noise, masks of secure aggregation, a budget that is spent); the policy is
 * asked, of exactly what would leave; it is counted; hooks record what was decided (an audit log). A step that fails ends
 * it: then a failure leaves in the place of the reply.
 *
 * @module
 */
import {
  type FailureReply,
  type Instruction,
  isFlError,
  type ModelParameters,
  type Reply,
} from "@dsail/fl-protocol";
import { nameOf } from "./failure-reply.js";
import { checkInstruction, checkReply } from "./policy/check-message.js";
import { completePolicy, type Refusal, type SitePolicy } from "./policy/site-policy.js";
import { createReleaseCounts, type ReleaseCounts } from "./release-counts.js";

/** What is to leave, or was decided about it. */
export interface Leaving {
  readonly instruction: Instruction;
  readonly reply: Reply<ModelParameters>;
}

/** What was decided. */
export interface Departure extends Leaving {
  /** Why the reply that was meant to leave did not; undefined if it did. */
  readonly refusal: Refusal | undefined;
  /** Names of metrics or properties that the policy took off. */
  readonly dropped: readonly string[];
}

/** A step of the gate: the site's own, given by the program that the site runs. One at a time, in the order of the list. */
export interface EgressHook {
  /** For refusals. */
  readonly name: string;
  /**
   * Changes a reply before the policy is asked. Failures don't pass here. To refuse, it throws.
   *
   * @returns what is to leave in its place
   */
  readonly change?: (leaving: Leaving) => Reply<ModelParameters> | Promise<Reply<ModelParameters>>;
  /**
   * Records what leaves, failures and refusals too, before it does. If it throws, nothing but a refusal leaves.
   */
  readonly record?: (departure: Departure) => void | Promise<void>;
}

/** Of what a gate is made. */
export interface EgressOptions {
  /** Default: everything may leave. */
  readonly policy?: SitePolicy;
  /** Default: a count that begins anew. */
  readonly counts?: ReleaseCounts;
  readonly hooks?: readonly EgressHook[];
}

/** A gate. */
export interface Egress {
  /** Why there is no use in doing what is asked; undefined if there is. */
  readonly admit: (instruction: Instruction) => Refusal | undefined;
  /** What leaves for a reply: the same one, another, or a failure. Never rejects. */
  readonly release: (leaving: Leaving) => Promise<Departure>;
  /** What leaves where the instruction was not admitted. Never rejects. */
  readonly refuse: (instruction: Instruction, refusal: Refusal) => Promise<Departure>;
}

/** Creates a gate. The policy is copied: what becomes of the object later changes nothing. */
export function createEgress({ policy, counts, hooks = [] }: EgressOptions): Egress {
  const rules = policy && completePolicy(policy);
  const counted = counts ?? createReleaseCounts();

  async function changed(leaving: Leaving): Promise<Leaving | Refusal> {
    let { reply } = leaving;
    for (const { name, change } of hooks) {
      if (change === undefined || reply.kind === "failure") continue;
      try {
        reply = await change({ ...leaving, reply });
      } catch (error) {
        return refusalOfHook(name, error);
      }
    }
    return { ...leaving, reply };
  }

  async function decide(leaving: Leaving): Promise<Departure> {
    const result = await changed(leaving);
    if ("rule" in result) return refused(leaving.instruction, result);
    const { instruction, reply } = result;
    if (reply.kind === "failure" || rules === undefined) {
      return { instruction, reply, refusal: undefined, dropped: [] };
    }
    const verdict = checkReply(reply, instruction, rules, counted.count());
    if ("refusal" in verdict) return refused(instruction, verdict.refusal);
    try {
      await counted.add(instruction.kind);
    } catch (error) {
      const detail = `what leaves could not be counted: ${describe(error)}`;
      return refused(instruction, { rule: "stateFile", detail });
    }
    return { instruction, refusal: undefined, ...verdict };
  }

  async function recorded(departure: Departure): Promise<Departure> {
    for (const { name, record } of hooks) {
      try {
        await record?.(departure);
      } catch (error) {
        return refused(departure.instruction, refusalOfHook(name, error));
      }
    }
    return departure;
  }

  return {
    admit: (instruction) => rules && checkInstruction(instruction, rules, counted.count()),
    release: async (leaving) => recorded(await decide(leaving)),
    refuse: (instruction, refusal) => recorded(refused(instruction, refusal)),
  };
}

/** The server is told the name of the rule, and nothing else. */
function refused(instruction: Instruction, refusal: Refusal): Departure {
  const message = `the site's policy refuses: ${refusal.rule}`;
  const reply: FailureReply = { kind: "failure", code: "POLICY", message };
  return { instruction, reply, refusal, dropped: [] };
}

function refusalOfHook(name: string, error: unknown): Refusal {
  return { rule: `hook:${name}`, detail: describe(error) };
}

/** Texts of our own errors carry no value; of others they may. */
function describe(error: unknown): string {
  if (isFlError(error)) return `${error.code}: ${error.message}`;
  return nameOf(error);
}
