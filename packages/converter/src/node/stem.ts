/**
 * Names of the files that a DICOM file becomes, and back.
 *
 * @module
 */

/** What DICOM files end in, if in anything: UIDs end in numbers. Something is before it. */
const DICOM_EXTENSION = /(?<=[^/])\.(?:dcm|dicom|dic|ima)$/i;
/** PNG and BMP, by their names. */
export const IMAGE_EXTENSION: RegExp = /\.(?:png|bmp)$/i;
export const JSON_EXTENSION: RegExp = /\.json$/i;
/** Numbers are no extensions: files named by UIDs end in them. */
const ANY_EXTENSION = /\.(?!\d+$)[^./]+$/;
/** Of a frame among several: four digits at least, from 0001. */
const FRAME = /\.(\d{4,})$/;

/** The path without a DICOM file's extension. */
export function stemOf(path: string): string {
  return path.replace(DICOM_EXTENSION, "");
}

/** The path without any extension. */
export function withoutExtension(path: string): string {
  return path.replace(ANY_EXTENSION, "");
}

/** The name of frame `index`, from 0, of several. */
export function frameStem(stem: string, index: number): string {
  return `${stem}.${String(index + 1).padStart(4, "0")}`;
}

/** The name of what `stem` is, by its look, a frame of; else itself. */
export function withoutFrame(stem: string): string {
  return stem.replace(FRAME, "");
}

/** The number of a frame, from 1, if `stem` is the name of one of `of`; else undefined. */
export function frameNumber(stem: string, of: string): number | undefined {
  const digits = FRAME.exec(stem)?.[1];
  return digits !== undefined && stem === `${of}.${digits}` ? Number(digits) : undefined;
}
