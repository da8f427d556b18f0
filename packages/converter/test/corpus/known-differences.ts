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
  /** By how much samples differ at most; undefined where none could be compared. */
  readonly most: number | undefined;
  readonly names: readonly string[];
}

export const DIFFERENCES: readonly Difference[] = [
  {
    reference: "dcmtk",
    why: "YCbCr to RGB by tables of integers: by 2 from the formula, with which pydicom agrees",
    most: 2,
    names: ["dcm4che/YBR_FULL-RLE.dcm", "pydicom-data/SC_ybr_full_uncompressed.dcm"],
  },
  {
    reference: "dcmtk",
    why: "32 bits in big endian are swapped as words of 16 bits; with pydicom they are the little-endian file's",
    most: 254,
    names: ["pydicom/rtdose_expb.dcm", "pydicom/rtdose_expb_1frame.dcm"],
  },
  {
    reference: "dcmtk",
    why: "colour of 32 bits, float pixels, and a palette of 65,536 words are refused",
    most: undefined,
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
    most: 255,
    names: ["pydicom-data/liver_j2k.dcm", "pydicom-data/liver_nonbyte_aligned_j2k.dcm"],
  },
  {
    reference: "dcmtk",
    why: "the file is cut inside its header of JPEG; DCMTK refuses it",
    most: undefined,
    names: ["pydicom/SC_rgb_jpeg.dcm"],
  },
  {
    reference: "palette",
    why: "pydicom does not swap palettes in big endian; DCMTK agrees, as does pydicom with the little-endian file",
    most: 65_025,
    names: ["pydicom-data/OBXXXX1A_expb.dcm", "pydicom-data/OBXXXX1A_expb_2frame.dcm"],
  },
  {
    reference: "dcmtk",
    why: "JPEG that pydicom decompressed: its decoder is by 1 from ours, and greys of 7 to 255 are stretched",
    most: 2,
    names: ["dcmjs/sample-op.dcm"],
  },
  {
    reference: "dsail",
    why: "the same",
    most: 2,
    names: ["dcmjs/sample-op.dcm"],
  },
  {
    reference: "dcmtk",
    why:
      "JPEG of 12 bits: some samples are by 1 from DCMTK's, and DCMTK cuts greys off where they are rounded here. " +
      "Ours are those of the inverse cosine transform in floating point",
    most: 2,
    names: ["pydicom/JPGExtended.dcm"],
  },
  {
    reference: "dsail",
    why:
      "samples of JPEG are by 1 from pylibjpeg's, both within 0.6 of the exact transform, and this mode stretches " +
      "their range, 134 to 252 and 165 to 255. Ours are DCMTK's, where it decodes them",
    most: 3,
    names: [
      "pydicom/SC_jpeg_no_color_transform.dcm",
      "pydicom/SC_jpeg_no_color_transform_2.dcm",
      "pydicom/SC_rgb_jpeg.dcm",
    ],
  },
  {
    reference: "dsail",
    why:
      "colours of JPEG in 4:2:0: Cb and Cr, interpolated and rounded, are by 1 from pylibjpeg's, and in RGB " +
      "1 of Cb weighs 1.772. Ours are DCMTK's and libjpeg-turbo's",
    most: 2,
    names: [
      "pydicom/SC_rgb_dcmtk__eb_cy_n1.dcm",
      "pydicom/SC_rgb_dcmtk__eb_cy_np.dcm",
      "pydicom/SC_rgb_jpeg_lossy_gdcm.dcm",
    ],
  },
  {
    reference: "dsail",
    why: "the same, and Y is by 1 too: 3 in RGB, whose range, 0 to 220, is stretched",
    most: 4,
    names: ["pydicom/examples_ybr_color.dcm"],
  },
];
