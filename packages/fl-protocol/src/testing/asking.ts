/**
 * Instructions that are numbered, and clients that answer with the number.
 *
 * @module
 */
import assert from "node:assert/strict";
import { collectParameters } from "../collect-parameters.js";
import type { Instruction, Reply } from "../message.js";
import type { ParameterSource } from "../parameter-source.js";
import { assertSameParameters, smallModel } from "./sample-messages.js";
import { type Handle, within } from "./stage.js";

/** An instruction with a number in it, and what {@link echo} answers. */
export const ask = (number: number): Instruction => ({
  kind: "getProperties",
  id: `id-${number}`,
  round: 1,
  config: { number },
});
export const echo: Handle = async ({ config }) => ({ kind: "getProperties", properties: config });

/** An instruction that is answered by {@link model} with parameters of that number. */
export const askModel = (number: number): Instruction => ({
  ...ask(number),
  kind: "getParameters",
});
export const model: Handle = async ({ config }) => ({
  kind: "getParameters",
  parameters: smallModel(Number(config["number"])),
});

/** A handler that answers when it is told to. */
export function gate(): {
  readonly handle: Handle;
  readonly isAsked: () => boolean;
  open: () => void;
} {
  let asked = false;
  let open!: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const handle: Handle = async (instruction) => {
    asked = true;
    await opened;
    return echo(instruction);
  };
  return { handle, isAsked: () => asked, open };
}

export async function assertEchoed(
  answer: Promise<Reply<ParameterSource>>,
  number: number,
): Promise<void> {
  const got = await within(answer, "the answer");
  assert.ok(got.kind === "getProperties");
  assert.equal(got.properties["number"], number, "the answer is another request's");
}

export async function assertModel(
  answer: Reply<ParameterSource>,
  number: number,
  keepsNames: boolean,
): Promise<void> {
  assert.ok(answer.kind === "getParameters");
  const got = await within(collectParameters(answer.parameters), "the parameters");
  assertSameParameters(got, smallModel(number), keepsNames);
}
