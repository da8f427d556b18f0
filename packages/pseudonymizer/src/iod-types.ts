/**
 * Of which type an attribute is in the object at hand: Type 1 has to have a value, Type 2 may be empty, Type 3 may be
 * absent (PS3.5 7.4). Conditional actions of PS3.15 Table E.1-1 depend on it.
 *
 * Source: the modules of each IOD (PS3.3 2025b), reduced to the attributes of Table E.1-1.
 *
 * @module
 */
import type { TagNumber } from "@dsail/dicom-core";
import type { AttributeType } from "./attribute-type.js";
import { IOD_OF_SOP_CLASS, IOD_PATHS, IOD_TYPES } from "./generated/iod-types.js";
import { IOD_TYPE_DEPARTURES } from "./iod-type-departures.js";

/**
 * The type of an attribute.
 *
 * @param sequence - the sequence whose item holds it; undefined at the top level
 */
export type TypeOf = (tag: TagNumber, sequence: TagNumber | undefined) => AttributeType;

const TYPE_OF_LETTER: Readonly<Record<string, AttributeType>> = {
  "1": "1",
  c: "1C",
  "2": "2",
  d: "2C",
  "3": "3",
};

/** From strong to weak. */
const LETTERS = "1c2d3";

/** What the tables say, made ready for questions. */
export interface IodTypes {
  /** The types in a SOP class; of an unknown or private one everything is `unknown`. */
  readonly ofSopClass: (sopClassUid: string | undefined) => TypeOf;
  readonly knows: (sopClassUid: string | undefined) => boolean;
}

/** Where the letter of an attribute stands, by tag; those in sequences by the sequence first. */
interface Columns {
  readonly top: ReadonlyMap<TagNumber, number>;
  readonly nested: ReadonlyMap<TagNumber, ReadonlyMap<TagNumber, number>>;
}

/** Prepares the tables. */
export function createIodTypes(): IodTypes {
  const columns = readColumns();
  const strongestAnywhere = new Map<number, AttributeType>();
  const prepared = new Map<string, TypeOf>();

  /** What any IOD says of a path, the strongest of all: nested macros mean the same wherever they are included. */
  const anywhere = (column: number): AttributeType => {
    let found = strongestAnywhere.get(column);
    if (found === undefined) {
      const all = new Set(Object.values(IOD_TYPES).map((letters) => letters[column]));
      const letter = [...LETTERS].find((candidate) => all.has(candidate));
      found = letter === undefined ? "unknown" : (TYPE_OF_LETTER[letter] ?? "unknown");
      strongestAnywhere.set(column, found);
    }
    return found;
  };

  const prepare = (iod: string): TypeOf => {
    const letters = IOD_TYPES[iod] ?? "";
    const departures = IOD_TYPE_DEPARTURES.get(iod);
    const typeAt = (column: number | undefined) =>
      column === undefined ? undefined : TYPE_OF_LETTER[letters[column] ?? "."];
    return (tag, sequence) => {
      if (sequence === undefined) {
        return departures?.get(tag) ?? typeAt(columns.top.get(tag)) ?? "absent";
      }
      const column = columns.nested.get(sequence)?.get(tag);
      if (column === undefined) return "unknown";
      return typeAt(column) ?? anywhere(column);
    };
  };

  return {
    knows: (sopClassUid) => sopClassUid !== undefined && sopClassUid in IOD_OF_SOP_CLASS,
    ofSopClass: (sopClassUid) => {
      const iod = sopClassUid === undefined ? undefined : IOD_OF_SOP_CLASS[sopClassUid];
      if (iod === undefined) return () => "unknown";
      let types = prepared.get(iod);
      if (types === undefined) {
        types = prepare(iod);
        prepared.set(iod, types);
      }
      return types;
    },
  };
}

function readColumns(): Columns {
  const top = new Map<TagNumber, number>();
  const nested = new Map<TagNumber, Map<TagNumber, number>>();
  for (const [column, path] of IOD_PATHS.entries()) {
    const [first = 0, second] = path.split(":").map((tag) => Number.parseInt(tag, 16));
    if (second === undefined) {
      top.set(first, column);
      continue;
    }
    const inSequence = nested.get(first) ?? new Map<TagNumber, number>();
    nested.set(first, inSequence.set(second, column));
  }
  return { top, nested };
}
