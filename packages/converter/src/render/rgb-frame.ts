/**
 * Colour frames, whatever their photometric interpretation, as red, green and blue (PS3.3 C.7.6.3.1.2, 2025b).
 *
 * @module
 */
import { DicomError } from "@dsail/dicom-core";
import type { Frame, Samples } from "@dsail/dicom-core/pixel-data";
import { ConverterError } from "../errors.js";
import { applyPalette, type Palette } from "./palette.js";
import { ybrToRgb } from "./ybr.js";

/** Red, green and blue of each pixel. */
export interface RgbSamples {
  /** Bits of a sample. */
  readonly bits: number;
  readonly samples: Samples;
}

/**
 * The colours of a frame; undefined if it is grey.
 *
 * @throws {@link ConverterError} `UNSUPPORTED_PHOTOMETRIC` if its photometric interpretation is not known here, or does
 * not go with its number of samples; {@link DicomError} `BAD_VALUE` if it needs a palette that is not given
 */
export function rgbOfFrame(frame: Frame, palette: Palette | undefined): RgbSamples | undefined {
  const { photometricInterpretation, samplesPerPixel, samples, bitsStored } = frame;
  switch (`${photometricInterpretation} ${samplesPerPixel}`) {
    case "MONOCHROME1 1":
    case "MONOCHROME2 1":
      return undefined;
    case "PALETTE COLOR 1":
      if (palette === undefined) {
        throw new DicomError("BAD_VALUE", "the frame has no palette", { at: "(0028,0004)" });
      }
      return { bits: palette.bits, samples: applyPalette(samples, palette) };
    case "RGB 3":
      return { bits: bitsStored, samples };
    // 4:2:2 and 4:2:0 lie in the stream; a decoded frame has all three for each pixel.
    case "YBR_FULL 3":
    case "YBR_FULL_422 3":
      return { bits: bitsStored, samples: ybrToRgb(samples, "FULL", bitsStored) };
    case "YBR_PARTIAL 3":
    case "YBR_PARTIAL_422 3":
    case "YBR_PARTIAL_420 3":
      return { bits: bitsStored, samples: ybrToRgb(samples, "PARTIAL", bitsStored) };
    default:
      throw new ConverterError(
        "UNSUPPORTED_PHOTOMETRIC",
        "the frame has a photometric interpretation that cannot be rendered",
      );
  }
}
