/**
 * Edits made in short, and applied to a data set byte by byte.
 *
 * @module
 */
import { expect } from "vitest";
import { parsePath } from "../src/path.js";
import type { ReadOptions } from "../src/read/limits.js";
import { readFile } from "../src/read/part10.js";
import type { Edit } from "../src/rewrite/edit.js";
import { rewriteBytes } from "../src/rewrite/rewrite-file.js";
import type { ElementInit, ElementValueInit } from "../src/write/element-init.js";
import { type Bytes, type Encoder, fileOf, headBytes } from "./bytes-of.js";

export const set = (path: string, value: ElementValueInit): Edit => ({
  kind: "set",
  path: parsePath(path),
  value,
});

export const remove = (path: string): Edit => ({ kind: "remove", path: parsePath(path) });

export const setItem = (path: string, elements: readonly ElementInit[]): Edit => ({
  kind: "setItem",
  path: parsePath(path),
  elements,
});

export const insertItem = (path: string, elements: readonly ElementInit[]): Edit => ({
  kind: "insertItem",
  path: parsePath(path),
  elements,
});

/** The data set with edits applied, without the file around it; what was read stays as it is. */
export function edited(
  dataset: Bytes,
  edits: readonly Edit[],
  uid?: string,
  options?: ReadOptions,
): Uint8Array {
  const bytes = fileOf(dataset, uid);
  const before = bytes.slice();
  const rewritten = rewriteBytes(readFile(bytes, options), { dataset: edits });
  expect(bytes).toEqual(before);
  expect(rewritten.subarray(0, headBytes(uid))).toEqual(bytes.subarray(0, headBytes(uid)));
  return rewritten.subarray(headBytes(uid));
}

/** (0008,0060), two bytes if nothing else is said. */
export const modality = ({ element }: Encoder, value = "CT"): Bytes =>
  element(0x00080060, "CS", value);

/** (0010,0010). */
export const name = ({ element }: Encoder, value = "Doe^Jane"): Bytes =>
  element(0x00100010, "PN", value);

/** An item with another modality. */
export const MR: readonly ElementInit[] = [{ tag: 0x00080060, value: "MR" }];
