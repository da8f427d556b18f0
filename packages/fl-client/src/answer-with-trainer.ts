/**
 * An instruction, answered by a trainer.
 *
 * @module
 */
import {
  bytesOfTensor,
  FlError,
  type Instruction,
  type ModelParameters,
  type Reply,
  scalarsOf,
} from "@dsail/fl-protocol";
import type { Trainer, TrainerContext } from "./trainer.js";

/**
 * Has the trainer do what the server asks, and checks that what it gives back can be sent.
 *
 * @throws {@link FlError} `NOT_IMPLEMENTED`; `TypeError`, `RangeError` for what is no result; whatever the trainer throws
 */
export async function answerWithTrainer(
  trainer: Trainer,
  instruction: Instruction,
  context: TrainerContext,
): Promise<Reply<ModelParameters>> {
  const { kind, config } = instruction;
  switch (kind) {
    case "getProperties": {
      if (trainer.getProperties === undefined) {
        throw new FlError("NOT_IMPLEMENTED", "the trainer has no getProperties");
      }
      return { kind, properties: scalarsOf(await trainer.getProperties(config, context)) };
    }
    case "getParameters": {
      return { kind, parameters: parametersOf(await trainer.getParameters(config, context)) };
    }
    case "fit": {
      const result = await trainer.fit(instruction.parameters, config, context);
      return {
        kind,
        parameters: parametersOf(result.parameters),
        numExamples: countOf(result.numExamples),
        metrics: scalarsOf(result.metrics),
      };
    }
    case "evaluate": {
      const result = await trainer.evaluate(instruction.parameters, config, context);
      const { loss } = result;
      if (typeof loss !== "number")
        throw new TypeError(`loss: expected a number, got ${typeof loss}`);
      return {
        kind,
        loss,
        numExamples: countOf(result.numExamples),
        metrics: scalarsOf(result.metrics),
      };
    }
  }
}

/** Plain tensors: what else a trainer's objects carry does not leave. */
function parametersOf(parameters: ModelParameters): ModelParameters {
  return parameters.map((tensor) => {
    bytesOfTensor(tensor);
    const { name, dtype, shape, data } = tensor;
    return { name, dtype, shape: [...shape], data } as typeof tensor;
  });
}

function countOf(numExamples: number): number {
  if (Number.isSafeInteger(numExamples) && numExamples >= 0) return numExamples;
  throw new RangeError("numExamples: expected an integer of 0 or more");
}
