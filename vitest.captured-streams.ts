/**
 * Streams for a command whose output is looked at.
 *
 * @module
 */
import { Writable } from "node:stream";

/** Streams, and what was written to each so far. */
export interface CapturedStreams {
  readonly streams: {
    readonly out: Writable;
    readonly error: Writable & { readonly isTTY: boolean };
  };
  readonly out: () => string;
  readonly error: () => string;
}

/** @param isTTY - whether standard error says that it is a terminal */
export function captureStreams(isTTY = false): CapturedStreams {
  const texts = { out: "", error: "" };
  const into = (name: "out" | "error") =>
    new Writable({
      decodeStrings: false,
      write(chunk: string | Uint8Array, _encoding, done) {
        texts[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
        done();
      },
    });
  return {
    streams: { out: into("out"), error: Object.assign(into("error"), { isTTY }) },
    out: () => texts.out,
    error: () => texts.error,
  };
}
