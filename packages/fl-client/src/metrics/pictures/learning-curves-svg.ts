/**
 * How training went, epoch by epoch.
 *
 * @module
 */
import type { CsvLogRow } from "../csv-log.js";
import { legendOf } from "./legend.js";
import { type LineSeries, seriesMarks } from "./line-series.js";
import { type Drawing, renderSvg } from "./render-svg.js";
import { lineStyle, numberAxis, type PictureOptions, titleHeight, widthOf } from "./style.js";

export interface LearningCurvesPicture extends PictureOptions {
  /** In the order of training; a row is an epoch, however it is numbered: rounds follow each other. */
  readonly rows: readonly CsvLogRow[];
  /** Columns drawn in the upper plot, over an axis of their own. Default `train_loss` and `valid_loss`. */
  readonly losses?: readonly string[];
  /** Columns drawn in the lower plot, over an axis from 0 to 1. Default `accuracy` and `roc_auc_score`. */
  readonly scores?: readonly string[];
}

const LEFT = 64;
const RIGHT = 16;
const PLOT = 180;
const BETWEEN = 24;
/** With more rows than this, points would hide the lines. */
const MOST_POINTS = 30;

/** Names that read better than their column's. */
const NAMES: Readonly<Record<string, string>> = {
  train_loss: "loss in training",
  valid_loss: "loss in validation",
  accuracy: "accuracy",
  roc_auc_score: "ROC-AUC",
};

/**
 * Draws losses above scores. A cell that is empty or no finite number is left out.
 *
 * @throws {@link RangeError} for a width out of range
 */
export async function learningCurvesSvg(options: LearningCurvesPicture): Promise<string> {
  const { rows, title } = options;
  const width = widthOf(options);
  const { losses = ["train_loss", "valid_loss"], scores = ["accuracy", "roc_auc_score"] } = options;
  const plotWidth = width - LEFT - RIGHT;
  const height = 2 * PLOT + BETWEEN;
  const columns = [...losses, ...scores];
  const series = columns.map(
    (column, index): LineSeries => ({
      points: pointsOf(rows, column),
      line: lineStyle(index),
      hasPoints: rows.length <= MOST_POINTS,
    }),
  );
  const upper = seriesMarks(series.slice(0, losses.length), "loss", { y: "loss" });
  const lower = seriesMarks(series.slice(losses.length), "score", { y: "score" });
  const legend = legendOf(
    series.flatMap(({ points, ...look }, index) => {
      const column = columns[index]!;
      const name = Object.hasOwn(NAMES, column) ? NAMES[column]! : column;
      return points.length === 0 ? [] : [{ name, ...look }];
    }),
    plotWidth,
  );
  const epochs = { format: "d", tickMinStep: 1, tickCount: 8 };
  return renderSvg({
    plot: { width: plotWidth, height },
    room: { left: LEFT, right: RIGHT, top: 12 + titleHeight(title), bottom: 64 + legend.height },
    title,
    description: "Learning curves: losses and scores by epoch",
    data: [...upper.data, ...lower.data],
    scales: scalesOf(series.slice(0, losses.length), rows.length, height),
    axes: [
      // The grid of an axis is drawn over the axes before it.
      {
        ...numberAxis("left", "loss", "Loss", { grid: true, tickCount: 5 }),
        titleY: PLOT / 2,
      },
      {
        ...numberAxis("left", "score", "Score", { grid: true, tickCount: 5, format: ".1f" }),
        titleY: height - PLOT / 2,
      },
      numberAxis("bottom", "x", "Epoch", epochs),
      {
        orient: "bottom",
        scale: "x",
        offset: -PLOT - BETWEEN,
        labels: false,
        tickMinStep: 1,
        tickCount: 8,
      },
    ],
    marks: [...upper.marks, ...lower.marks, ...legend.marksAt(0, height + 52)],
  });
}

function scalesOf(
  losses: readonly LineSeries[],
  count: number,
  height: number,
): NonNullable<Drawing["scales"]> {
  const largest = Math.max(0, ...losses.flatMap(({ points }) => points.map(({ y }) => y)));
  return [
    { name: "x", type: "linear", range: "width", domain: [1, Math.max(2, count)], zero: false },
    {
      name: "loss",
      type: "linear",
      range: [PLOT, 0],
      domain: [0, largest === 0 ? 1 : largest],
      nice: 5,
    },
    { name: "score", type: "linear", range: [height, height - PLOT], domain: [0, 1] },
  ];
}

function pointsOf(rows: readonly CsvLogRow[], column: string): LineSeries["points"] {
  return rows.flatMap((row, index) => {
    const y = row[column];
    return typeof y === "number" && Number.isFinite(y) ? [{ x: index + 1, y }] : [];
  });
}
