/**
 * A reliability diagram.
 *
 * @module
 */
import type { ClassificationMetrics } from "../classification-metrics.js";
import { legendOf } from "./legend.js";
import { seriesMarks } from "./line-series.js";
import { renderSvg } from "./render-svg.js";
import {
  lineStyle,
  numberAxis,
  type PictureOptions,
  REFERENCE_LINE,
  titleHeight,
  widthOf,
} from "./style.js";

export interface CalibrationPicture
  extends PictureOptions,
    Pick<ClassificationMetrics, "reliabilityBins" | "expectedCalibrationError" | "brierScore"> {}

const LEFT = 64;
const RIGHT = 16;
/** Height of the lower plot, and room between both. */
const LOWER = 80;
const BETWEEN = 20;

/**
 * Draws accuracy over confidence, a point for each bin that holds examples, with the diagonal that a calibrated
 * classifier lies on (Guo et al. 2017, figure 1); below it the share of examples in each bin.
 *
 * @throws {@link RangeError} for a width out of range
 */
export async function calibrationSvg(options: CalibrationPicture): Promise<string> {
  const { reliabilityBins: bins, title } = options;
  const width = widthOf(options);
  const plotWidth = width - LEFT - RIGHT;
  const upper = Math.round(0.75 * plotWidth);
  const height = upper + BETWEEN + LOWER;
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const points = bins.flatMap(({ accuracy: y, confidence: x }) =>
    x === undefined || y === undefined ? [] : [{ x, y }],
  );
  const diagonal = {
    points: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
    line: REFERENCE_LINE,
  };
  const { data, marks } = seriesMarks(
    [diagonal, { points, line: lineStyle(0), hasPoints: true }],
    "line",
  );
  const number = (value: number | undefined): string => value?.toFixed(3) ?? "–";
  const scores =
    `expected calibration error ${number(options.expectedCalibrationError)}, ` +
    `Brier score ${number(options.brierScore)}`;
  const legend = legendOf(
    [
      { name: "this classifier", line: lineStyle(0), hasPoints: true },
      { name: "calibrated", line: REFERENCE_LINE },
    ],
    plotWidth,
  );
  const remark = legendOf([{ name: "", remark: scores }], plotWidth);
  const ticks = { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: ".1f", grid: true };
  const largest = Math.max(0, ...bins.map(({ count }) => count));
  return renderSvg({
    plot: { width: plotWidth, height },
    room: {
      left: LEFT,
      right: RIGHT,
      top: 12 + titleHeight(title),
      bottom: 64 + legend.height + remark.height,
    },
    title,
    description: "Reliability diagram: accuracy over confidence, and the share of examples",
    data: [
      ...data,
      {
        name: "bins",
        values: bins.map(({ from, to, count }) => ({
          from,
          to,
          share: total === 0 ? 0 : count / total,
        })),
      },
    ],
    scales: [
      { name: "x", type: "linear", range: "width", domain: [0, 1] },
      { name: "y", type: "linear", range: [upper, 0], domain: [0, 1] },
      {
        name: "share",
        type: "linear",
        range: [height, height - LOWER],
        domain: [0, total === 0 ? 1 : largest / total],
        nice: 2,
      },
    ],
    axes: [
      // The grid of an axis is drawn over the axes before it.
      { ...numberAxis("left", "y", "Accuracy", ticks), titleY: upper / 2 },
      {
        ...numberAxis("left", "share", "Examples", { format: "%", tickCount: 2 }),
        titleY: height - LOWER / 2,
      },
      numberAxis("bottom", "x", "Confidence", { ...ticks, grid: false }),
      { orient: "bottom", scale: "x", offset: -BETWEEN - LOWER, labels: false, ticks: false },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "bins" },
        encode: {
          enter: {
            x: { scale: "x", field: "from", offset: 1 },
            x2: { scale: "x", field: "to" },
            y: { scale: "share", field: "share" },
            y2: { scale: "share", value: 0 },
            fill: { value: "#9E9E9E" },
          },
        },
      },
      ...marks,
      ...legend.marksAt(0, height + 52),
      ...remark.marksAt(0, height + 52 + legend.height),
    ],
  });
}
