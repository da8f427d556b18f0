/**
 * Where a command writes to.
 *
 * @module
 */
import type { OutputConfiguration } from "commander";

/** Where the command writes to. */
export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly error: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Commander's output to these streams. */
export function outputTo({ out, error }: Streams): OutputConfiguration {
  return {
    writeOut: (text) => out.write(text),
    writeErr: (text) => error.write(text),
    // An option that is not understood is shown as it was typed, and a key may be what was typed.
    outputError: (text, write) => write(text.replace(/[0-9a-f]{32,}/gi, "(hidden)")),
  };
}
