/**
 * Trainers of many clients in one thread, made when they are first asked.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import type { Trainer, TrainerContext } from "../trainer.js";
import type { TrainerCall, TrainerResult } from "./trainer-job.js";

/** What a module of trainers exports. */
export interface TrainerModule<Options = unknown> {
  /** @param options - those of one client */
  readonly createTrainer: (options: Options) => Trainer | Promise<Trainer>;
}

/** The trainers of a thread. */
export interface TrainerHost {
  /** @param options - for `createTrainer`, if this client has no trainer yet */
  readonly call: (
    client: number,
    options: unknown,
    call: TrainerCall,
    context: TrainerContext,
  ) => Promise<TrainerResult>;
}

export function createTrainerHost(module: string): TrainerHost {
  const trainers = new Map<number, Promise<Trainer>>();
  return {
    call: async (client, options, call, context) => {
      let trainer = trainers.get(client);
      if (trainer === undefined) {
        trainer = createTrainer(module, options);
        trainers.set(client, trainer);
      }
      return callTrainer(await trainer, call, context);
    },
  };
}

async function createTrainer(module: string, options: unknown): Promise<Trainer> {
  const { createTrainer } = (await import(/* @vite-ignore */ module)) as Partial<TrainerModule>;
  if (typeof createTrainer !== "function") {
    throw new FlError("BAD_CONFIG", "the module of the trainer exports no createTrainer");
  }
  return createTrainer(options);
}

async function callTrainer(
  trainer: Trainer,
  { kind, parameters = [], config }: TrainerCall,
  context: TrainerContext,
): Promise<TrainerResult> {
  switch (kind) {
    case "getParameters":
      return trainer.getParameters(config, context);
    case "fit":
      return trainer.fit(parameters, config, context);
    case "evaluate":
      return trainer.evaluate(parameters, config, context);
    case "getProperties":
      if (trainer.getProperties === undefined) {
        throw new FlError("NOT_IMPLEMENTED", "the trainer has no getProperties");
      }
      return trainer.getProperties(config, context);
  }
}
