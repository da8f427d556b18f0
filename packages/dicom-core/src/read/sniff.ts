/**
 * What the first bytes of a data set tell of its encoding: used when the file does not say, or says something else.
 *
 * @module
 */
import type { Encoding } from "../dataset.js";
import { vrOfTag } from "../dictionary/vr-of-tag.js";
import { isVR, VRS } from "../vr.js";
import { vrOfLetters } from "./vr-letters.js";

const CANDIDATES: readonly Encoding[] = [
  { explicitVR: true, littleEndian: true },
  { explicitVR: false, littleEndian: true },
  { explicitVR: true, littleEndian: false },
];

interface Header {
  readonly tag: number;
  readonly group: number;
  readonly swappedGroup: number;
  readonly vr: ReturnType<typeof vrOfLetters>;
  readonly headerBytes: number;
  readonly length: number;
}

/**
 * The encoding of a data set that begins with these bytes, `expected` unless they contradict it.
 *
 * @param head - at least the first 12 bytes, if there are as many
 * @param remaining - bytes from there to the end of the data
 */
export function sniffEncoding(head: Uint8Array, remaining: number, expected: Encoding): Encoding {
  if (head.length < 8) return expected;
  const fits = (encoding: Encoding) => {
    const header = readHeader(head, encoding);
    const { group, swappedGroup, vr, length, headerBytes } = header;
    // Data sets begin with low groups; but one that begins with (3000,xxxx) is not therefore one of (0030,xxxx).
    if (group > 0xff && swappedGroup <= 0xff && !isInDictionary(header, encoding)) return false;
    if (encoding.explicitVR) return vr !== undefined;
    // A 32-bit length that begins with the letters of a VR is far longer than any first element.
    return !vr || length === 0xffffffff || headerBytes + length <= remaining;
  };
  return fits(expected) ? expected : (CANDIDATES.find(fits) ?? expected);
}

/** The encoding of a data set without meta information; undefined if the bytes are none. */
export function recognizeEncoding(head: Uint8Array, remaining: number): Encoding | undefined {
  if (head.length < 8) return undefined;
  return CANDIDATES.find((encoding) => {
    const header = readHeader(head, encoding);
    const { group, length, headerBytes } = header;
    // PS3.5 7.1, PS3.10 7.1: groups 0000 and 0002 are in no data set; zeros are a preamble, or nothing at all.
    if (group > 0xff || group % 2 === 1 || group < 4) return false;
    if (length !== 0xffffffff && headerBytes + length > remaining) return false;
    if (!encoding.explicitVR && length % 2 === 1 && length !== 0xffffffff) return false;
    return isInDictionary(header, encoding);
  });
}

/** Whether PS3.6 has the element, with this VR if there is one. */
function isInDictionary({ tag, vr }: Header, { explicitVR }: Encoding): boolean {
  const known = vrOfTag(tag);
  if (known === undefined || !explicitVR) return known !== undefined;
  return vr != null && (vr === known || vr === "UN" || !isVR(known));
}

function readHeader(head: Uint8Array, { explicitVR, littleEndian }: Encoding): Header {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const group = view.getUint16(0, littleEndian);
  const tag = group * 0x10000 + view.getUint16(2, littleEndian);
  const swappedGroup = view.getUint16(0, !littleEndian);
  const vr = vrOfLetters(head[4] as number, head[5] as number);
  const long = explicitVR && vr != null && VRS[vr].longLength;
  if (long && head.length >= 12) {
    return {
      tag,
      group,
      swappedGroup,
      vr,
      headerBytes: 12,
      length: view.getUint32(8, littleEndian),
    };
  }
  const length = explicitVR ? view.getUint16(6, littleEndian) : view.getUint32(4, littleEndian);
  return { tag, group, swappedGroup, vr, headerBytes: 8, length };
}
