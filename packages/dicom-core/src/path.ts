/**
 * Where an element stands in a data set: `(0040,A730)[1].(0040,A168)[0].(0008,0100)`.
 *
 * @module
 */
import { DicomError } from "./errors.js";
import { formatTag, parseTag } from "./tag.js";

/**
 * Tags and item indices by turns, from the top: `[0x0040A730, 1, 0x00080100]` is the Code Value in the
 * second item of the Content Sequence. It ends in a tag (an element) or in an index (an item). Items count from 0.
 */
export type Path = readonly number[];

/** `(0040,A730)[1].(0008,0100)`; the empty path, the data set itself, is an empty text. */
export function formatPath(path: Path): string {
  let text = "";
  for (let i = 0; i < path.length; i++) {
    const step = path[i] as number;
    if (i % 2 === 1) text += `[${step}]`;
    else text += (i === 0 ? "" : ".") + formatTag(step);
  }
  return text;
}

/**
 * The path in a text such as `(0040,A730)[1].(0008,0100)`.
 *
 * @throws {@link DicomError} `BAD_PATH` if the text is none
 */
export function parsePath(text: string): Path {
  const path: number[] = [];
  if (text === "") return path;
  const steps = text.split(".");
  steps.forEach((step, i) => {
    const match = /^(\([0-9a-f]{4},[0-9a-f]{4}\))(?:\[(\d{1,9})\])?$/i.exec(step);
    if (match === null || (match[2] === undefined && i < steps.length - 1)) {
      throw new DicomError("BAD_PATH", "path: expected steps such as (0040,A730)[1].(0008,0100)");
    }
    path.push(parseTag(match[1] as string));
    if (match[2] !== undefined) path.push(Number(match[2]));
  });
  return path;
}
