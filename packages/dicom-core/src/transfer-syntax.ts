/**
 * Transfer syntaxes: how the bytes of a data set are laid out (PS3.5 10 and Annex A).
 *
 * @module
 */
import type { Encoding } from "./dataset.js";
import { TRANSFER_SYNTAXES } from "./dictionary/uids.js";

/** How a transfer syntax encodes a data set. */
export interface TransferSyntax extends Encoding {
  /** (0002,0010). */
  readonly uid: string;
  /** Whether the data set is compressed as a whole (PS3.5 A.5). */
  readonly deflated: boolean;
  /** Whether Pixel Data is in fragments (PS3.5 A.4). */
  readonly encapsulated: boolean;
}

export const IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2";
export const EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
export const DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1.99";
export const EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2";

/** Private, but met in archives: implicit VR, and pixel data in big endian words. */
const GE_PRIVATE_IMPLICIT_VR_BIG_ENDIAN_PIXELS = "1.2.840.113619.5.2";

/** Whether the standard has it (PS3.6 Table A-1, 2025b). */
export function isKnownTransferSyntax(uid: string): boolean {
  return TRANSFER_SYNTAXES.some((entry) => entry.uid === uid);
}

/**
 * The encoding that a transfer syntax UID stands for.
 *
 * One that the standard does not know is read as explicit VR little endian, as all new ones are (PS3.5 10.3, A.4).
 */
export function transferSyntaxOf(uid: string): TransferSyntax {
  if (uid === GE_PRIVATE_IMPLICIT_VR_BIG_ENDIAN_PIXELS) {
    return { ...transferSyntaxOf(IMPLICIT_VR_LITTLE_ENDIAN), uid };
  }
  const known = TRANSFER_SYNTAXES.find((entry) => entry.uid === uid);
  return {
    uid,
    explicitVR: known?.explicitVR ?? true,
    littleEndian: known?.littleEndian ?? true,
    deflated: known?.deflated ?? false,
    encapsulated: known?.encapsulated ?? true,
  };
}
