/**
 * Reads files: preamble, file meta information, data set (PS3.10 7), and what is met instead of them.
 *
 * @module
 */
import type { ByteRange } from "../byte-source.js";
import type { Dataset, Encoding } from "../dataset.js";
import { type DicomFile, metaUid } from "../dicom-file.js";
import { isTransferSyntaxUid } from "../dictionary/uids.js";
import { DicomError } from "../errors.js";
import type { Finding, FindingCode } from "../findings.js";
import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type TransferSyntax,
  transferSyntaxOf,
} from "../transfer-syntax.js";
import { ElementReader, type OpenDataset } from "./element-reader.js";
import { inflateDataset } from "./inflate.js";
import { limitsOf, type ReadLimits, type ReadOptions } from "./limits.js";
import { LoadedBytes, MissingBytes } from "./loaded-bytes.js";
import { recognizeEncoding, sniffEncoding } from "./sniff.js";
import { vrOfLetters } from "./vr-letters.js";

const PREAMBLE_BYTES = 128;
const PREFIX = [0x44, 0x49, 0x43, 0x4d]; // "DICM", PS3.10 7.1
const EXPLICIT_LITTLE: Encoding = { explicitVR: true, littleEndian: true };
const TRANSFER_SYNTAX_UID = 0x00020010;

/**
 * Reads a file that is in memory. Nothing is copied: elements refer to `bytes`.
 *
 * @throws {@link DicomError} `NOT_DICOM`, `TRUNCATED`, `BAD_LENGTH`, `BAD_DEFLATE` or `LIMIT_EXCEEDED`
 */
export function readFile(bytes: Uint8Array, options: ReadOptions = {}): DicomFile {
  const steps = readSteps(bytes.length, options, bytes);
  const step = steps.next();
  if (step.done !== true) throw new Error("a file in memory lacks no bytes");
  return step.value;
}

/**
 * Reads a data set that has no file around it, of which the transfer syntax is known: of a message, say.
 *
 * @throws {@link DicomError} as {@link readFile}
 */
export function readDataset(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  options: ReadOptions = {},
): { readonly dataset: Dataset; readonly findings: readonly Finding[] } {
  const limits = limitsOf(options);
  const { deflated, explicitVR, littleEndian } = transferSyntaxOf(transferSyntaxUid);
  const plain = deflated ? inflateDataset(bytes, limits.maxInflatedBytes, 0) : bytes;
  const loaded = new LoadedBytes(plain.length, plain.length);
  loaded.add(0, plain);
  const reader = new ElementReader(loaded, 0, limits, options);
  const dataset = openDataset(loaded, { explicitVR, littleEndian });
  const endOffset = reader.readElements(dataset);
  if (endOffset < plain.length) reader.report("TRAILING_BYTES", endOffset);
  reader.resolveAmbiguousVRs();
  return { dataset, findings: reader.findings };
}

/** Where the bytes of a file come from. Returns exactly the range asked for. */
export type ReadRange = (range: ByteRange) => Uint8Array | Promise<Uint8Array>;

/**
 * Reads the header of a file of any size, asking only for the bytes that are needed: up to large values, and behind
 * them.
 *
 * @param size - bytes of the file
 * @throws {@link DicomError} as {@link readFile}, and what `readRange` throws
 */
export async function readHeader(
  size: number,
  readRange: ReadRange,
  options: ReadOptions = {},
): Promise<DicomFile> {
  const steps = readSteps(size, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next(await readRange(step.value));
  return step.value;
}

/** As {@link readHeader}, where bytes can be had at once. */
export function readHeaderSync(
  size: number,
  readRange: (range: ByteRange) => Uint8Array,
  options: ReadOptions = {},
): DicomFile {
  const steps = readSteps(size, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next(readRange(step.value));
  return step.value;
}

/** Yields the ranges that it needs, and is sent their bytes. */
type Steps<T> = Generator<ByteRange, T, Uint8Array>;

/** As {@link readHeader}, for those who fetch bytes in a way of their own. */
export function readHeaderSteps(size: number, options: ReadOptions): Steps<DicomFile> {
  return readSteps(size, options);
}

function* readSteps(size: number, options: ReadOptions, whole?: Uint8Array): Steps<DicomFile> {
  const limits = limitsOf(options);
  const loaded = new LoadedBytes(size, whole === undefined ? limits.maxHeaderBytes : size);
  const findings: Finding[] = [];
  const report = (code: FindingCode, byteOffset: number) =>
    findings.push({ code, at: "", byteOffset });
  if (whole !== undefined) loaded.add(0, whole);
  else if (size > 0) yield* load(loaded, { byteOffset: 0, length: 1 });

  const head = headOf(loaded, 0);
  const hasPreamble = beginsWithPreamble(head, size);
  if (!hasPreamble) report("NO_PREAMBLE", 0);
  const meta = yield* readFileMetaInformation(
    loaded,
    hasPreamble ? 132 : 0,
    limits,
    options,
    report,
  );

  yield* load(loaded, { byteOffset: meta.endOffset, length: Math.min(12, size - meta.endOffset) });
  const datasetHead = headOf(loaded, meta.endOffset);
  const remaining = size - meta.endOffset;
  const named = metaUid(meta.dataset, TRANSFER_SYNTAX_UID);
  let transferSyntax = transferSyntaxNamed(named, datasetHead, remaining, !hasPreamble, report);
  let datasetBytes = loaded;
  let datasetOffset = meta.endOffset;
  if (transferSyntax.deflated) {
    if (looksPlain(datasetHead)) {
      report("TRANSFER_SYNTAX_MISMATCH", datasetOffset);
      transferSyntax = transferSyntaxOf(EXPLICIT_VR_LITTLE_ENDIAN);
    } else {
      const range = { byteOffset: datasetOffset, length: remaining };
      const deflated = yield* loadAll(loaded, range);
      const inflated = inflateDataset(deflated, limits.maxInflatedBytes, datasetOffset);
      datasetBytes = new LoadedBytes(inflated.length, inflated.length);
      datasetBytes.add(0, inflated);
      datasetOffset = 0;
    }
  }
  const encoding = sniffEncoding(
    headOf(datasetBytes, datasetOffset),
    datasetBytes.size - datasetOffset,
    transferSyntax,
  );
  if (encoding !== transferSyntax) {
    report("TRANSFER_SYNTAX_MISMATCH", datasetOffset);
    transferSyntax = transferSyntax.encapsulated
      ? { ...transferSyntax, ...encoding }
      : transferSyntaxOf(uidOfEncoding(encoding));
  }
  const reader = new ElementReader(datasetBytes, datasetOffset, limits, options);
  const { explicitVR, littleEndian } = transferSyntax;
  const dataset = openDataset(datasetBytes, { explicitVR, littleEndian });
  const endOffset = yield* retry(datasetBytes, () => reader.readElements(dataset));
  if (endOffset < datasetBytes.size) reader.report("TRAILING_BYTES", endOffset);
  reader.resolveAmbiguousVRs();
  return {
    source: loaded,
    hasPreamble,
    fileMetaInformation: meta.dataset,
    dataset,
    datasetOffset: meta.endOffset,
    transferSyntax,
    trailing: { byteOffset: endOffset, length: datasetBytes.size - endOffset },
    findings: [...findings, ...meta.findings, ...reader.findings].slice(0, limits.maxFindings),
  };
}

/**
 * Whether a file begins with preamble and prefix. The four letters may also stand in the data of a file that has
 * neither: then no meta information follows them, and the file begins as a data set does.
 */
function beginsWithPreamble(head: Uint8Array, size: number): boolean {
  if (!PREFIX.every((byte, i) => head[PREAMBLE_BYTES + i] === byte)) return false;
  const next = PREAMBLE_BYTES + PREFIX.length;
  return (
    size === next ||
    (head[next] === 2 && head[next + 1] === 0) ||
    recognizeEncoding(head, size) === undefined
  );
}

function* load(loaded: LoadedBytes, { byteOffset, length }: ByteRange): Steps<void> {
  if (length === 0) return;
  yield* retry(loaded, () => loaded.partWith(byteOffset, length));
}

/** Does something as often as it takes to have the bytes it needs. */
function* retry<T>(loaded: LoadedBytes, attempt: () => T): Steps<T> {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof MissingBytes)) throw error;
      const range = loaded.rangeToLoad(error);
      const bytes = yield range;
      if (bytes.length !== range.length) {
        throw new DicomError("TRUNCATED", "the source ended before its size", range);
      }
      loaded.add(range.byteOffset, bytes, error.passing);
    }
  }
}

function* loadAll(loaded: LoadedBytes, { byteOffset, length }: ByteRange): Steps<Uint8Array> {
  const part = yield* retry(loaded, () => loaded.partWith(byteOffset, length));
  return part.bytes.subarray(byteOffset - part.byteOffset, byteOffset - part.byteOffset + length);
}

/** What is loaded from an offset on, at most 256 bytes. */
function headOf(loaded: LoadedBytes, byteOffset: number): Uint8Array {
  for (const { byteOffset: start, bytes } of loaded.parts) {
    const at = byteOffset - start;
    if (at >= 0 && at <= bytes.length) return bytes.subarray(at, at + 256);
  }
  return new Uint8Array(0);
}

interface Meta {
  readonly dataset: Dataset;
  readonly endOffset: number;
  readonly findings: readonly Finding[];
}

/** Group 0002, always explicit VR little endian (PS3.10 7.1), up to the first tag of another group. */
function* readFileMetaInformation(
  loaded: LoadedBytes,
  byteOffset: number,
  limits: ReadLimits,
  options: ReadOptions,
  report: (code: FindingCode, byteOffset: number) => void,
): Steps<Meta> {
  const reader = new ElementReader(loaded, byteOffset, limits, options);
  const dataset = openDataset(loaded, EXPLICIT_LITTLE);
  let at = byteOffset;
  while (at + 8 <= loaded.size) {
    yield* load(loaded, { byteOffset: at, length: 8 });
    const head = headOf(loaded, at);
    if (head[0] !== 2 || head[1] !== 0) break;
    if (vrOfLetters(head[4] as number, head[5] as number) === undefined) break;
    const start = at;
    at = (yield* retry(loaded, () => reader.readElement(dataset, start, loaded.size))).endOffset;
  }
  if (dataset.elements.length === 0) report("NO_FILE_META_INFORMATION", byteOffset);
  else if (groupLength(dataset) !== at) report("BAD_FILE_META_GROUP_LENGTH", byteOffset);
  return { dataset, endOffset: at, findings: reader.findings };
}

/** Where group 0002 ends by its own word; undefined if it has none. */
function groupLength(dataset: Dataset): number | undefined {
  const first = dataset.elements[0];
  if (first?.tag !== 0x00020000 || first.valueLength !== 4) return undefined;
  const part = dataset.source.parts[0];
  if (part === undefined) return undefined;
  const view = new DataView(part.bytes.buffer, part.bytes.byteOffset, part.bytes.length);
  return first.endOffset + view.getUint32(first.valueOffset - part.byteOffset, true);
}

function transferSyntaxNamed(
  uid: string | undefined,
  head: Uint8Array,
  remaining: number,
  mustRecognize: boolean,
  report: (code: FindingCode, byteOffset: number) => void,
): TransferSyntax {
  if (uid !== undefined && uid !== "") {
    if (!isTransferSyntaxUid(uid)) report("UNKNOWN_TRANSFER_SYNTAX", 0);
    return transferSyntaxOf(uid);
  }
  const recognized = recognizeEncoding(head, remaining);
  if (recognized === undefined && mustRecognize) {
    throw new DicomError("NOT_DICOM", "neither a DICOM file nor a bare data set", {
      byteOffset: 0,
    });
  }
  report("NO_TRANSFER_SYNTAX", 0);
  const encoding =
    recognized ?? sniffEncoding(head, remaining, transferSyntaxOf(IMPLICIT_VR_LITTLE_ENDIAN));
  return transferSyntaxOf(uidOfEncoding(encoding));
}

function uidOfEncoding({ explicitVR, littleEndian }: Encoding): string {
  if (!explicitVR) return IMPLICIT_VR_LITTLE_ENDIAN;
  return littleEndian ? EXPLICIT_VR_LITTLE_ENDIAN : EXPLICIT_VR_BIG_ENDIAN;
}

/** Whether a data set that is said to be deflated begins with an element: a low group, and a VR. */
function looksPlain(head: Uint8Array): boolean {
  return (
    head.length >= 8 &&
    head[1] === 0 &&
    (head[0] as number) <= 0x40 &&
    vrOfLetters(head[4] as number, head[5] as number) != null
  );
}

function openDataset(loaded: LoadedBytes, encoding: Encoding): OpenDataset {
  return { elements: [], source: loaded, encoding, parent: undefined };
}
