/**
 * Transfer syntaxes of compressed pixels (PS3.5 10, A.4; PS3.6 Table A-1, 2025b).
 *
 * @module
 */
export const RLE_LOSSLESS = "1.2.840.10008.1.2.5";
export const JPEG_BASELINE = "1.2.840.10008.1.2.4.50";
export const JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";
export const JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57";
export const JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70";
export const JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.80";
export const JPEG_LS_NEAR_LOSSLESS = "1.2.840.10008.1.2.4.81";
export const JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90";
export const JPEG_2000 = "1.2.840.10008.1.2.4.91";
export const HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201";
export const HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202";
export const HTJ2K = "1.2.840.10008.1.2.4.203";
export const DEFLATED_IMAGE_FRAME = "1.2.840.10008.1.2.8.1";
