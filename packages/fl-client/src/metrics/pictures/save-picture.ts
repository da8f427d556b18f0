/**
 * Pictures as files.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname } from "node:path";
import { type CalibrationPicture, calibrationSvg } from "./calibration-svg.js";
import { type LearningCurvesPicture, learningCurvesSvg } from "./learning-curves-svg.js";
import { type MatrixPicture, matrixSvg } from "./matrix-svg.js";
import { type PngOptions, pngOfSvg } from "./render-png.js";
import { type RocPicture, rocSvg } from "./roc-svg.js";

export interface SavePictureOptions extends PngOptions {
  /**
   * Whether a file that is there is replaced, whole: the picture of the last round by that of this one, as D-SAIL does.
   * With false it is an error of the file system, `EEXIST`. Default true.
   */
  readonly overwrite?: boolean;
}

/**
 * Saves a confusion matrix.
 *
 * @param path - ends in `.svg` or `.png`; a file of an earlier round is replaced
 * @throws {@link RangeError} for another ending, or a matrix of another size; errors of the file system
 */
export async function saveMatrix(
  path: string,
  picture: MatrixPicture & SavePictureOptions,
): Promise<void> {
  await save(path, picture, () => matrixSvg(picture));
}

/**
 * Saves ROC curves.
 *
 * @param path - ends in `.svg` or `.png`; a file of an earlier round is replaced
 * @throws {@link RangeError} for another ending; errors of the file system
 */
export async function saveRoc(
  path: string,
  picture: RocPicture & SavePictureOptions,
): Promise<void> {
  await save(path, picture, () => rocSvg(picture));
}

/**
 * Saves a reliability diagram.
 *
 * @param path - ends in `.svg` or `.png`; a file of an earlier round is replaced
 * @throws {@link RangeError} for another ending; errors of the file system
 */
export async function saveCalibration(
  path: string,
  picture: CalibrationPicture & SavePictureOptions,
): Promise<void> {
  await save(path, picture, () => calibrationSvg(picture));
}

/**
 * Saves learning curves.
 *
 * @param path - ends in `.svg` or `.png`; a file of an earlier epoch is replaced
 * @throws {@link RangeError} for another ending; errors of the file system
 */
export async function saveLearningCurves(
  path: string,
  rows: LearningCurvesPicture["rows"],
  options: Omit<LearningCurvesPicture, "rows"> & SavePictureOptions = {},
): Promise<void> {
  await save(path, options, () => learningCurvesSvg({ ...options, rows }));
}

async function save(
  path: string,
  options: SavePictureOptions,
  draw: () => Promise<string>,
): Promise<void> {
  const ending = extname(path).toLowerCase();
  if (ending !== ".svg" && ending !== ".png") {
    throw new RangeError("path: expected a file that ends in .svg or .png");
  }
  const svg = await draw();
  writeWhole(path, ending === ".svg" ? svg : await pngOfSvg(svg, options), options);
}

/** Nobody sees half a picture: it is written beside its place, then moved there. */
function writeWhole(
  path: string,
  content: string | Uint8Array,
  { overwrite = true }: SavePictureOptions,
): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, content, { flag: "wx" });
    if (overwrite) renameSync(temporary, path);
    // Unlike a rename, a second name for a file is refused where the name is taken.
    else linkSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
