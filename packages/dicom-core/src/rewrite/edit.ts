/**
 * Edits of a data set, as data, and the tree that they form.
 *
 * @module
 */
import { DicomError } from "../errors.js";
import { formatPath, type Path } from "../path.js";
import type { TagNumber } from "../tag.js";
import type { VR } from "../vr.js";
import type { ElementInit, ElementValueInit } from "../write/element-init.js";

/**
 * One change. Where a tag occurs twice in a data set, the change concerns both. Of two changes of the same place, the
 * later one counts.
 */
export type Edit =
  /** Gives an element a value, and inserts it in order of tags where it is missing. */
  | {
      readonly kind: "set";
      /** Ends in a tag. */
      readonly path: Path;
      /** Default: the VR that the element has; if it is missing, the dictionary's. */
      readonly vr?: VR;
      readonly value: ElementValueInit;
    }
  /** Removes an element or an item; nothing happens if there is none. */
  | { readonly kind: "remove"; readonly path: Path }
  /** Gives an item other elements. */
  | {
      readonly kind: "setItem" /** Ends in an index. */;
      readonly path: Path;
      readonly elements: readonly ElementInit[];
    }
  /** Puts a new item before the one with this index; an index behind the last appends it. */
  | {
      readonly kind: "insertItem";
      /** Ends in an index. */
      readonly path: Path;
      readonly elements: readonly ElementInit[];
    };

type ElementEdit = Extract<Edit, { kind: "set" | "remove" }>;
type ItemEdit = Extract<Edit, { kind: "setItem" | "remove" }>;

/** The edits of one data set, by tag. */
export type DatasetEdits = Map<TagNumber, ElementEdits>;

/** What becomes of one element: an edit of itself, or edits of its items. */
export interface ElementEdits {
  edit: ElementEdit | undefined;
  items: Map<number, ItemEdits> | undefined;
}

/** What becomes of one item. */
export interface ItemEdits {
  edit: ItemEdit | undefined;
  /** New items in front of it. */
  readonly inserted: (readonly ElementInit[])[];
  readonly elements: DatasetEdits;
}

/**
 * Sorts edits by the place they concern.
 *
 * @throws {@link DicomError} `BAD_PATH` if a path does not end in what its edit needs, or lies within what another edit
 * replaces or removes
 */
export function groupEdits(edits: readonly Edit[]): DatasetEdits {
  const root: DatasetEdits = new Map();
  for (const edit of edits) {
    const { path } = edit;
    const endsInItem = path.length % 2 === 0;
    if (
      path.length === 0 ||
      !path.every(isStep) ||
      endsInItem !== (edit.kind !== "set" && (edit.kind !== "remove" || endsInItem))
    ) {
      throw new DicomError("BAD_PATH", `edit "${edit.kind}" cannot be made at such a path`, {
        at: formatPath(path),
      });
    }
    let elements = root;
    for (let i = 0; ; i += 2) {
      const element = elementEdits(elements, path[i] as number);
      const index = path[i + 1];
      if (index === undefined) {
        element.edit = edit as ElementEdit;
        break;
      }
      const item = itemEdits(element, index);
      if (i + 2 >= path.length) {
        if (edit.kind === "insertItem") item.inserted.push(edit.elements);
        else item.edit = edit as ItemEdit;
        break;
      }
      elements = item.elements;
    }
  }
  refuseContradictions(root, []);
  return root;
}

/** Tags and indices are whole numbers; a tag has 32 bits. */
function isStep(step: number, i: number): boolean {
  return Number.isInteger(step) && step >= 0 && (i % 2 === 1 || step <= 0xffffffff);
}

/** An edit within what another edit replaces or removes would be lost: that is never what was meant. */
function refuseContradictions(elements: DatasetEdits, path: Path): void {
  for (const [tag, { edit, items }] of elements) {
    const here = [...path, tag];
    if (items === undefined) continue;
    if (edit !== undefined) throw contradiction(here);
    for (const [index, item] of items) {
      if (item.edit !== undefined && item.elements.size > 0) throw contradiction([...here, index]);
      refuseContradictions(item.elements, [...here, index]);
    }
  }
}

function contradiction(path: Path): DicomError {
  return new DicomError("BAD_PATH", "an edit lies within what another one replaces or removes", {
    at: formatPath(path),
  });
}

function elementEdits(elements: DatasetEdits, tag: TagNumber): ElementEdits {
  let found = elements.get(tag);
  if (found === undefined) {
    found = { edit: undefined, items: undefined };
    elements.set(tag, found);
  }
  return found;
}

function itemEdits(element: ElementEdits, index: number): ItemEdits {
  element.items ??= new Map();
  let found = element.items.get(index);
  if (found === undefined) {
    found = { edit: undefined, inserted: [], elements: new Map() };
    element.items.set(index, found);
  }
  return found;
}
