/**
 * Receiver operating characteristics as a picture.
 *
 * @module
 */
import type { ClassResult } from "../classification-metrics.js";
import { type LegendEntry, legendOf } from "./legend.js";
import { type LineSeries, seriesMarks } from "./line-series.js";
import { renderSvg } from "./render-svg.js";
import {
  lineStyle,
  numberAxis,
  type PictureOptions,
  REFERENCE_LINE,
  titleHeight,
  widthOf,
} from "./style.js";

export interface RocPicture extends PictureOptions {
  /** Of all classes; with two of them, the curve of the second is drawn, of which the first is the mirror image. */
  readonly perClass: readonly Pick<ClassResult, "name" | "rocAuc" | "roc">[];
}

const LEFT = 64;
const RIGHT = 16;

/**
 * Draws a curve for each class against the rest, and chance as a diagonal. The areas are told with two decimals; a class
 * without a curve is named with a dash. The axes end where D-SAIL's do.
 *
 * @throws {@link RangeError} for a width out of range
 */
export async function rocSvg(options: RocPicture): Promise<string> {
  const { perClass, title } = options;
  const width = widthOf(options);
  const shown = perClass.length === 2 ? perClass.slice(1) : perClass;
  const size = width - LEFT - RIGHT;
  const series: LineSeries[] = [
    {
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
      line: REFERENCE_LINE,
    },
    ...shown.map(({ roc }, index) => ({
      points: (roc?.falsePositiveRates ?? []).map((x, i) => ({
        x,
        y: roc!.truePositiveRates[i]!,
      })),
      line: lineStyle(index),
    })),
  ];
  const legend = legendOf(
    [
      ...shown.map(
        ({ name, rocAuc }, index): LegendEntry => ({
          name,
          remark: rocAuc === undefined ? " (no curve)" : ` (AUC ${rocAuc.toFixed(2)})`,
          line: lineStyle(index),
        }),
      ),
      { name: "chance", remark: " (AUC 0.50)", line: REFERENCE_LINE },
    ],
    size,
  );
  const { data, marks } = seriesMarks(series, "curve");
  const ticks = { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: ".1f", grid: true };
  return renderSvg({
    plot: { width: size, height: size },
    room: {
      left: LEFT,
      right: RIGHT,
      top: 12 + titleHeight(title),
      bottom: 64 + legend.height,
    },
    title,
    description: "Receiver operating characteristic of each class against the rest",
    data: [...data],
    scales: [
      { name: "x", type: "linear", range: "width", domain: [-0.01, 1], zero: false },
      { name: "y", type: "linear", range: "height", domain: [0, 1.01] },
    ],
    axes: [
      // The grid of an axis is drawn over the axes before it.
      numberAxis("left", "y", "Sensitivity (true positive rate)", ticks),
      numberAxis("bottom", "x", "1 − specificity (false positive rate)", ticks),
    ],
    marks: [...marks, ...legend.marksAt(0, size + 52)],
  });
}
