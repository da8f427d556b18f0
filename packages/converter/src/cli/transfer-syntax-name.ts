/**
 * Names of the transfer syntaxes that are written (PS3.6 Table A-1).
 *
 * @module
 */

const UIDS: Readonly<Record<string, string>> = {
  implicit: "1.2.840.10008.1.2",
  explicit: "1.2.840.10008.1.2.1",
  deflated: "1.2.840.10008.1.2.1.99",
  rle: "1.2.840.10008.1.2.5",
  "jpeg-ls": "1.2.840.10008.1.2.4.80",
  "jpeg-ls-near": "1.2.840.10008.1.2.4.81",
  "jpeg-2000": "1.2.840.10008.1.2.4.90",
  "jpeg-2000-lossy": "1.2.840.10008.1.2.4.91",
  htj2k: "1.2.840.10008.1.2.4.201",
  "htj2k-rpcl": "1.2.840.10008.1.2.4.202",
  "deflated-frame": "1.2.840.10008.1.2.8.1",
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
