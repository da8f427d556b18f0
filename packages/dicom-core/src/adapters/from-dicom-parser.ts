/**
 * From a data set of dicom-parser to ours: its bytes, indexed by our reader.
 *
 * @module
 */
import type { DataSet } from "dicom-parser";
import type { Dataset, Encoding } from "../dataset.js";
import type { Finding } from "../findings.js";
import { ElementReader, type OpenDataset } from "../read/element-reader.js";
import { limitsOf, type ReadOptions } from "../read/limits.js";
import { LoadedBytes } from "../read/loaded-bytes.js";
import { ITEM_DELIMITATION } from "../tag.js";

const EXPLICIT_LITTLE: Encoding = { explicitVR: true, littleEndian: true };

/** How {@link fromDicomParser} reads. */
export interface FromDicomParserOptions extends ReadOptions {
  /** Of an item's data set: the one that holds it, which lends it its character set. Default: none. */
  readonly parent?: Dataset;
}

/** What {@link fromDicomParser} made. All offsets refer to `byteArray` of dicom-parser's data set. */
export interface IndexedDataset {
  readonly dataset: Dataset;
  /** Group 0002; without elements if the file has none, and for an item. */
  readonly fileMetaInformation: Dataset;
  readonly findings: readonly Finding[];
}

/**
 * A data set of dicom-parser (of a file, or of an item) as ours. Nothing is copied.
 *
 * The elements are found anew, from the first to the last that dicom-parser has; its index is not believed, since it
 * lacks sequences in UN and in private elements of implicit VR. To edit the file, read it: `readFile(byteArray)`.
 *
 * @throws {@link DicomError} as `readFile`
 */
export function fromDicomParser(
  dataSet: DataSet,
  options: FromDicomParserOptions = {},
): IndexedDataset {
  const { byteArray } = dataSet;
  const source = new LoadedBytes(byteArray.length, byteArray.length);
  source.add(0, byteArray);
  const known = knownElements(dataSet);
  const meta = known.filter(isMeta);
  // Of a deflated file dicom-parser takes the preamble for elements, too.
  const behindMeta = meta[meta.length - 1]?.dataOffset ?? 0;
  const data = known.filter((element) => !isMeta(element) && element.dataOffset > behindMeta);
  const { dataset: fileMetaInformation, findings: metaFindings } = index(
    source,
    rangeOfHeaders(byteArray, meta, true),
    { elements: [], source, encoding: EXPLICIT_LITTLE, parent: undefined },
    options,
  );
  const littleEndian = dataSet.byteArrayParser.readUint16(Uint8Array.of(1, 0), 0) === 1;
  const range = rangeOfHeaders(byteArray, data, littleEndian);
  const encoding: Encoding = { explicitVR: range.explicitVR, littleEndian };
  const { dataset, findings } = index(
    source,
    range,
    { elements: [], source, encoding, parent: options.parent },
    options,
  );
  return { dataset, fileMetaInformation, findings: [...metaFindings, ...findings] };
}

/** Where an element's value begins, its tag and its VR, as dicom-parser has them. */
interface Known {
  readonly tag: number;
  readonly dataOffset: number;
  readonly vr: string | undefined;
}

/** The elements in the order of the file. */
function knownElements({ elements }: DataSet): readonly Known[] {
  const known: Known[] = [];
  for (const { tag: key, dataOffset, vr } of Object.values(elements)) {
    const tag = Number.parseInt(key.slice(1), 16);
    // A transfer syntax that was told by the caller has no place in the file; (0000,0000) is zeros that fill it up.
    if (tag === ITEM_DELIMITATION || tag === 0 || dataOffset === undefined) continue;
    known.push({ tag, dataOffset, vr });
  }
  return known.sort((a, b) => a.dataOffset - b.dataOffset);
}

function isMeta({ tag }: Known): boolean {
  return tag >>> 16 === 2;
}

interface HeaderRange {
  /** Where the first header begins. */
  readonly first: number;
  /** Where the last header begins; below `first` if there is none. */
  readonly last: number;
  readonly explicitVR: boolean;
}

function rangeOfHeaders(
  bytes: Uint8Array,
  known: readonly Known[],
  littleEndian: boolean,
): HeaderRange {
  const head = known[0];
  const tail = known[known.length - 1];
  if (head === undefined || tail === undefined) return { first: 0, last: -1, explicitVR: true };
  const first = headerOffset(bytes, head, littleEndian);
  const last = headerOffset(bytes, tail, littleEndian);
  const letters = String.fromCharCode(bytes[first + 4] as number, bytes[first + 5] as number);
  // With implicit VR there is none, unless the caller's vrCallback knew it.
  return { first, last, explicitVR: letters === head.vr };
}

/** Headers are 8 bytes long, or 12 with explicit VR and a 32-bit length (PS3.5 7.1.2): the tag tells. */
function headerOffset(
  bytes: Uint8Array,
  { tag, dataOffset }: Known,
  littleEndian: boolean,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tagAt = (at: number) =>
    view.getUint16(at, littleEndian) * 0x10000 + view.getUint16(at + 2, littleEndian);
  return dataOffset >= 12 && tagAt(dataOffset - 8) !== tag ? dataOffset - 12 : dataOffset - 8;
}

function index(
  source: LoadedBytes,
  { first, last }: HeaderRange,
  dataset: OpenDataset,
  options: ReadOptions,
): { readonly dataset: Dataset; readonly findings: readonly Finding[] } {
  const reader = new ElementReader(source, first, limitsOf(options), options);
  for (let at = first; at <= last; ) {
    at = reader.readElement(dataset, at, source.size).endOffset;
  }
  reader.resolveAmbiguousVRs();
  return { dataset, findings: reader.findings };
}
