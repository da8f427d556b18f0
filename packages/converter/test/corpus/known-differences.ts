/**
 * Where rendering differs from a reference, and why it stays so.
 *
 * @module
 */

/** With what a result is compared. */
export type Reference = "dcmtk" | "modality" | "voi" | "palette" | "dsail";

interface Difference {
  readonly reference: Reference;
  readonly why: string;
  readonly names: readonly string[];
}

export const DIFFERENCES: readonly Difference[] = [
  {
    reference: "dcmtk",
    why: "YCbCr to RGB by tables of integers: by 2 from the formula, with which pydicom agrees",
    names: ["dcm4che/YBR_FULL-RLE.dcm", "pydicom-data/SC_ybr_full_uncompressed.dcm"],
  },
  {
    reference: "dcmtk",
    why: "32 bits in big endian are swapped as words of 16 bits; with pydicom they are the little-endian file's",
    names: ["pydicom/rtdose_expb.dcm", "pydicom/rtdose_expb_1frame.dcm"],
  },
  {
    reference: "dcmtk",
    why: "colour of 32 bits, float pixels, and a palette of 65,536 words are refused",
    names: [
      "pydicom-data/SC_rgb_32bit.dcm",
      "pydicom-data/SC_rgb_32bit_2frame.dcm",
      "pydicom-data/SC_rgb_expb_32bit.dcm",
      "pydicom-data/SC_rgb_expb_32bit_2frame.dcm",
      "pydicom-data/gdcm-US-ALOKA-16.dcm",
      "pydicom-data/gdcm-US-ALOKA-16_big.dcm",
      "pydicom-data/parametric_map_double_float.dcm",
      "pydicom-data/parametric_map_float.dcm",
    ],
  },
  {
    reference: "dcmtk",
    why: "pydicom writes one bit a pixel decompressed as one byte; its pixel_array agrees",
    names: ["pydicom-data/liver_j2k.dcm", "pydicom-data/liver_nonbyte_aligned_j2k.dcm"],
  },
  {
    reference: "dcmtk",
    why: "the file is cut inside its header of JPEG; DCMTK refuses it",
    names: ["pydicom/SC_rgb_jpeg.dcm"],
  },
  {
    reference: "palette",
    why: "pydicom does not swap palettes in big endian; DCMTK agrees, as does pydicom with the little-endian file",
    names: ["pydicom-data/OBXXXX1A_expb.dcm", "pydicom-data/OBXXXX1A_expb_2frame.dcm"],
  },
];
