/**
 * Names of the transfer syntaxes that are written (PS3.6 Table A-1).
 *
 * @module
 */
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  DEFLATED_IMAGE_FRAME,
  EXPLICIT_VR_LITTLE_ENDIAN,
  HTJ2K_LOSSLESS,
  HTJ2K_LOSSLESS_RPCL,
  IMPLICIT_VR_LITTLE_ENDIAN,
  JPEG_2000,
  JPEG_2000_LOSSLESS,
  JPEG_LS_LOSSLESS,
  JPEG_LS_NEAR_LOSSLESS,
  RLE_LOSSLESS,
} from "@dsail/dicom-core";

const UIDS: Readonly<Record<string, string>> = {
  implicit: IMPLICIT_VR_LITTLE_ENDIAN,
  explicit: EXPLICIT_VR_LITTLE_ENDIAN,
  deflated: DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  rle: RLE_LOSSLESS,
  "jpeg-ls": JPEG_LS_LOSSLESS,
  "jpeg-ls-near": JPEG_LS_NEAR_LOSSLESS,
  "jpeg-2000": JPEG_2000_LOSSLESS,
  "jpeg-2000-lossy": JPEG_2000,
  htj2k: HTJ2K_LOSSLESS,
  "htj2k-rpcl": HTJ2K_LOSSLESS_RPCL,
  "deflated-frame": DEFLATED_IMAGE_FRAME,
};

export const TRANSFER_SYNTAX_NAMES: readonly string[] = Object.keys(UIDS);

/**
 * The UID of a name, or a UID as it is.
 *
 * @throws {@link RangeError} unless it is one of those that are written
 */
export function parseTransferSyntax(text: string): string {
  const uid = Object.hasOwn(UIDS, text) ? UIDS[text] : text;
  if (uid !== undefined && Object.values(UIDS).includes(uid)) return uid;
  throw new RangeError(`--to: expected ${TRANSFER_SYNTAX_NAMES.join(", ")}, or the UID of one`);
}
