/**
 * A log for TensorBoard.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  type EventContent,
  type EventImage,
  encodeEvent,
  frameRecord,
} from "./tensorboard-event.js";

/** An event file that is written to. */
export interface EventLog {
  /**
   * One number of a curve.
   *
   * @param tag - the curve; a slash groups curves, such as `loss/train`
   * @param value - kept in single precision
   * @param step - an integer, 0 or more
   */
  readonly scalar: (tag: string, value: number, step: number) => void;
  /**
   * A picture.
   *
   * @throws {@link TypeError} for bytes that are no PNG
   */
  readonly image: (tag: string, png: Uint8Array, step: number) => void;
  readonly close: () => void;
}

export interface EventLogOptions {
  /** Milliseconds since 1970. Default: the clock of this machine. */
  readonly now?: () => number;
}

/**
 * Makes a new event file in a folder, which is made where there is none. Every event is on its way to the disk before the
 * call returns, so that TensorBoard can watch.
 *
 * The name of the file tells no name of the machine.
 *
 * @throws errors of the file system
 */
export function openEventLog(folder: string, { now = Date.now }: EventLogOptions = {}): EventLog {
  mkdirSync(folder, { recursive: true });
  const seconds = Math.floor(now() / 1000);
  // TensorBoard takes a file for one of its own by "tfevents", and reads them in the order of their names.
  const name = `events.out.tfevents.${String(seconds).padStart(10, "0")}.dsail.${randomUUID()}`;
  const descriptor = openSync(join(folder, name), "wx");
  const add = (content: EventContent): void => {
    const record = frameRecord(encodeEvent(content, now() / 1000));
    let written = 0;
    while (written < record.length) written += writeSync(descriptor, record, written);
  };
  // The version of the format that TensorFlow writes since 2015.
  add({ fileVersion: "brain.Event:2" });
  return {
    scalar: (tag, value, step) => {
      assertStep(step);
      add({ tag, step, scalar: value });
    },
    image: (tag, png, step) => {
      assertStep(step);
      add({ tag, step, image: imageOf(png) });
    },
    close: () => closeSync(descriptor),
  };
}

function assertStep(step: number): void {
  if (!(Number.isSafeInteger(step) && step >= 0)) {
    throw new RangeError(`step: expected an integer of 0 or more, got ${step}`);
  }
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** ISO/IEC 15948, 11.2.2: the header is the first chunk, width and height its first fields. */
function imageOf(png: Uint8Array): EventImage {
  if (png.length < 24 || PNG_SIGNATURE.some((byte, i) => png[i] !== byte)) {
    throw new TypeError("png: expected the bytes of a PNG");
  }
  const view = new DataView(png.buffer, png.byteOffset);
  return { png, width: view.getUint32(16), height: view.getUint32(20) };
}
