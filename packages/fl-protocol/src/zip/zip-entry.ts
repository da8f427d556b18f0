/**
 * What of ZIP (PKWARE's APPNOTE 6.3.10) numpy's archives are made of: entries that are stored or deflated, with ZIP64.
 * No encryption, no parts, and no names that are taken for paths.
 *
 * @module
 */

/** Signatures: sections 4.3.7, 4.3.12, 4.3.14, 4.3.15 and 4.3.16. */
export const LOCAL_HEADER = 0x04034b50;
export const CENTRAL_HEADER = 0x02014b50;
export const ZIP64_END = 0x06064b50;
export const ZIP64_LOCATOR = 0x07064b50;
export const END = 0x06054b50;

/** 4.4.5: how an entry is compressed. */
export const STORED = 0;
export const DEFLATED = 8;

/** 4.5.3: the extra field that holds what is too large for 32 bits. */
export const ZIP64_EXTRA = 1;

/** In the place of a number of 16 or 32 bits: it stands in the ZIP64 field. */
export const MAX_16 = 0xffff;
export const MAX_32 = 0xffffffff;

/** 4.4.4, bit 0: encrypted; bit 11: the name is UTF-8, otherwise of code page 437, which is used for ASCII only. */
export const IS_ENCRYPTED = 1;
export const IS_UTF8 = 0x800;
