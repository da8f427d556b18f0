/**
 * A command whose output is looked at.
 *
 * @module
 */
import { expect } from "vitest";
import { captureStreams } from "../../../vitest.captured-streams.js";
import { type CommandOptions, run } from "../src/cli/run.js";

/** Occurs in every value of these tests that identifies somebody. */
export const CANARY = "CANARY";
/** Protects nothing. */
export const KEY_TEXT = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";

/** Runs a command, and looks that nothing of a patient or of the key was written anywhere. */
export async function command(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
  const { streams, out, error } = captureStreams();
  const code = await run(args, streams, options);
  const texts = { out: out(), error: error() };
  for (const text of Object.values(texts)) {
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(KEY_TEXT.slice(0, 12));
  }
  return { code, ...texts };
}
