/**
 * What an event comes to for this accountant: how often each of the mechanisms that it knows.
 *
 * @module
 */
import { DpError } from "../errors.js";
import type { DpEvent } from "../event.js";
import { checkEvent } from "../make-event.js";

/** Steps of one mechanism. */
export interface MechanismSteps {
  readonly kind: "gaussian" | "laplace";
  /** Above 0. */
  readonly noiseMultiplier: number;
  /** Above 0, at most 1. */
  readonly sampleRate: number;
  readonly count: number;
}

/**
 * The steps of an event, equal ones together; `"non-private"` where nothing is hidden.
 *
 * @throws {@link DpError} `UNSUPPORTED_EVENT`
 */
export function stepsOf(event: DpEvent): readonly MechanismSteps[] | "non-private" {
  const found = new Map<string, MechanismSteps>();
  let isPrivate = true;
  // Sums with normal noise are together one, with 1/s^2 the sum of theirs; sampled ones are not.
  let gaussianPrecision = 0;

  const add = (step: MechanismSteps) => {
    const key = `${step.kind} ${step.noiseMultiplier} ${step.sampleRate}`;
    const count = step.count + (found.get(key)?.count ?? 0);
    found.set(key, { ...step, count });
  };
  const addMechanism = (event: DpEvent, sampleRate: number, count: number) => {
    if (event.kind !== "gaussian" && event.kind !== "laplace") throw unsupported(event, true);
    const { kind, noiseMultiplier } = event;
    if (sampleRate === 0 || count === 0) return;
    if (noiseMultiplier === 0) isPrivate = false;
    else if (kind === "gaussian" && sampleRate === 1) {
      gaussianPrecision += count / noiseMultiplier ** 2;
    } else add({ kind, noiseMultiplier, sampleRate, count });
  };
  const visit = (event: DpEvent, count: number): void => {
    switch (event.kind) {
      case "none":
        return;
      case "non-private":
        if (count > 0) isPrivate = false;
        return;
      case "gaussian":
      case "laplace":
        addMechanism(event, 1, count);
        return;
      case "poisson-sampled":
        addMechanism(event.event, event.sampleRate, count);
        return;
      case "composed":
        for (const one of event.events) visit(one, count);
        return;
      case "repeated":
        visit(event.event, count * event.count);
        return;
      default:
        throw unsupported(event, false);
    }
  };

  visit(checkEvent(event), 1);
  if (!isPrivate) return "non-private";
  if (gaussianPrecision > 0) {
    const noiseMultiplier = 1 / Math.sqrt(gaussianPrecision);
    add({ kind: "gaussian", noiseMultiplier, sampleRate: 1, count: 1 });
  }
  return [...found.values()];
}

function unsupported(event: DpEvent, isSampled: boolean): DpError {
  const what = isSampled ? `poisson-sampled ${event.kind}` : event.kind;
  return new DpError("UNSUPPORTED_EVENT", `pld accountant: event ${what} is not supported`);
}
