import type { Geometry } from "./convolution-geometry.js";

/** A run of output pixels in a row whose input pixels, under one tap of the filter, lie within the image. */
export interface WindowRow {
  /** Number of the first output pixel, counted over the batch. */
  readonly pixel: number;
  /** Number of the first input pixel; the next is `strideWidth` further. */
  readonly inputPixel: number;
  /** Number of the tap in the filter, row by row. */
  readonly tap: number;
  readonly columns: number;
}

/** Visits, for each tap of a convolution and each row of its output, the pixels that are not in the padding. */
export function eachWindowRow(g: Geometry, visit: (row: WindowRow) => void): void {
  for (let n = 0; n < g.batchSize; n++) {
    for (let row = 0; row < g.outHeight; row++) {
      for (let kh = 0; kh < g.filterHeight; kh++) {
        const i = row * g.strideHeight - g.padInfo.top + kh * g.dilationHeight;
        if (i < 0 || i >= g.inHeight) continue;
        for (let kw = 0; kw < g.filterWidth; kw++) {
          const shift = kw * g.dilationWidth - g.padInfo.left;
          const first = Math.max(Math.ceil(-shift / g.strideWidth), 0);
          const last = Math.floor((g.inWidth - 1 - shift) / g.strideWidth);
          const columns = Math.min(last, g.outWidth - 1) - first + 1;
          if (columns <= 0) continue;
          visit({
            pixel: (n * g.outHeight + row) * g.outWidth + first,
            inputPixel: (n * g.inHeight + i) * g.inWidth + first * g.strideWidth + shift,
            tap: kh * g.filterWidth + kw,
            columns,
          });
        }
      }
    }
  }
}
