/**
 * What edits mean, done the plain way: on elements that are to be written, not on bytes.
 *
 * @module
 */
import { formatPath, type Path } from "../src/path.js";
import type { Edit } from "../src/rewrite/edit.js";
import type { ElementInit } from "../src/write/element-init.js";

type Items = readonly (readonly ElementInit[])[];

/** The elements with edits applied, of which no two concern the same place or one in the other. */
export function applyEdits(
  elements: readonly ElementInit[],
  edits: readonly Edit[],
): readonly ElementInit[] {
  return inDataset(elements, new Map(edits.map((edit) => [formatPath(edit.path), edit])), []);
}

type EditAt = ReadonlyMap<string, Edit>;

function inDataset(
  elements: readonly ElementInit[],
  edits: EditAt,
  prefix: Path,
): readonly ElementInit[] {
  const kept = elements.flatMap((element) => {
    const path = [...prefix, element.tag];
    const edit = edits.get(formatPath(path));
    if (edit?.kind === "remove") return [];
    if (edit?.kind === "set") return [{ ...element, value: edit.value }];
    if (element.vr !== "SQ") return [element];
    return [{ ...element, value: inSequence(element.value as Items, edits, path) }];
  });
  const present = new Set(elements.map(({ tag }) => tag));
  for (const { kind, path, ...edit } of edits.values()) {
    const tag = path.at(-1) as number;
    const isHere = formatPath(path.slice(0, -1)) === formatPath(prefix) && path.length % 2 === 1;
    if (kind === "set" && isHere && !present.has(tag)) {
      kept.push({ tag, ...(edit as Omit<ElementInit, "tag">) });
    }
  }
  return kept.toSorted((a, b) => a.tag - b.tag);
}

function inSequence(items: Items, edits: EditAt, path: Path): Items {
  const editOf = (index: number) => edits.get(formatPath([...path, index]));
  const changed = items.flatMap((item, i) => {
    const edit = editOf(i);
    if (edit?.kind === "remove") return [];
    if (edit?.kind === "setItem") return [edit.elements];
    const content = inDataset(item, edits, [...path, i]);
    return edit?.kind === "insertItem" ? [edit.elements, content] : [content];
  });
  const appended = editOf(items.length);
  return appended?.kind === "insertItem" ? [...changed, appended.elements] : changed;
}
