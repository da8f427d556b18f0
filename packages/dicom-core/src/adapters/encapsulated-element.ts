/**
 * Encapsulated pixel data written from frames that are compressed already (PS3.5 A.4).
 *
 * @module
 */
import { ITEM, SEQUENCE_DELIMITATION } from "../tag.js";
import { ByteWriter } from "../write/byte-writer.js";
import { writeHeader } from "../write/element-writer.js";

const UNDEFINED_LENGTH = 0xffffffff;

/**
 * An element of VR OB with a Basic Offset Table and fragments of even length, in explicit VR little endian.
 *
 * @param frames - each as its fragments
 * @param numberOfFrames - where this is another number, `frames` are none, and the table stays empty
 */
export function encapsulatedElement(
  tag: number,
  frames: readonly (readonly Uint8Array[])[],
  numberOfFrames: number,
): Uint8Array {
  const writer = new ByteWriter(true);
  writeHeader(writer, tag, "OB", UNDEFINED_LENGTH, true);
  const table = frames.length === numberOfFrames ? offsetsOf(frames) : [];
  writer.tag(ITEM);
  writer.uint32(4 * table.length);
  for (const offset of table) writer.uint32(offset);
  for (const fragment of frames.flat()) {
    writer.tag(ITEM);
    writer.uint32(evenLength(fragment));
    writer.append(fragment);
    if (fragment.length % 2 === 1) writer.uint8(0);
  }
  writer.tag(SEQUENCE_DELIMITATION);
  writer.uint32(0);
  return writer.bytes.slice();
}

/** Where each frame begins; none at all if one begins beyond what the table can say. */
function offsetsOf(frames: readonly (readonly Uint8Array[])[]): readonly number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const fragments of frames) {
    offsets.push(at);
    for (const fragment of fragments) at += 8 + evenLength(fragment);
  }
  return (offsets[offsets.length - 1] ?? 0) < UNDEFINED_LENGTH ? offsets : [];
}

function evenLength({ length }: Uint8Array): number {
  return length + (length % 2);
}
