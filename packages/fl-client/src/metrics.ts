/**
 * How good a classifier is, as numbers, tables and pictures: `@dsail/fl-client/metrics`.
 *
 * @module
 */
export {
  type BootstrapIntervals,
  type BootstrapOptions,
  bootstrapIntervals,
  type Interval,
} from "./metrics/bootstrap-intervals.js";
export type { ReliabilityBin } from "./metrics/calibration.js";
export {
  type ClassificationMetrics,
  type ClassificationMetricsOptions,
  type ClassResult,
  classificationMetrics,
} from "./metrics/classification-metrics.js";
export type { ClassMetrics, ConfusionMatrix } from "./metrics/confusion-matrix.js";
export {
  type CsvLog,
  type CsvLogOptions,
  type CsvLogRow,
  csvLogName,
  openCsvLog,
} from "./metrics/csv-log.js";
export { type EventLog, type EventLogOptions, openEventLog } from "./metrics/event-log.js";
export { type CalibrationPicture, calibrationSvg } from "./metrics/pictures/calibration-svg.js";
export {
  type LearningCurvesPicture,
  learningCurvesSvg,
} from "./metrics/pictures/learning-curves-svg.js";
export { type MatrixPicture, matrixSvg } from "./metrics/pictures/matrix-svg.js";
export { type PngOptions, pngOfSvg } from "./metrics/pictures/render-png.js";
export { type RocPicture, rocSvg } from "./metrics/pictures/roc-svg.js";
export {
  type SavePictureOptions,
  saveCalibration,
  saveLearningCurves,
  saveMatrix,
  saveRoc,
} from "./metrics/pictures/save-picture.js";
export type { PictureOptions } from "./metrics/pictures/style.js";
export type { Predictions } from "./metrics/predictions.js";
export type { RocCurve } from "./metrics/roc.js";
export { scalarMetrics } from "./metrics/scalar-metrics.js";
