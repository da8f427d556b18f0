/**
 * Which files may show in their pixels who the patient is. Pixels are not looked at here: this is what headers tell.
 *
 * @module
 */
import { type Dataset, readText } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

/** SOP classes, and those that begin with them, that are known for text in the image. */
const OFTEN_WITH_TEXT: readonly (readonly [root: string, kind: string])[] = [
  ["1.2.840.10008.5.1.4.1.1.7", "secondary captures"],
  ["1.2.840.10008.5.1.4.1.1.3", "ultrasound images"],
  ["1.2.840.10008.5.1.4.1.1.6", "ultrasound images"],
  ["1.2.840.10008.5.1.4.1.1.77.1", "photographs and videos"],
];

/** Why somebody should look at the pixels before the file is given away; undefined if nothing speaks for it. */
export function pixelWarning(dataset: Dataset): string | undefined {
  const burnedIn = readText(dataset, Tag.BurnedInAnnotation)?.trim();
  if (burnedIn === "YES") return "The file says that its pixels show who the patient is.";
  if (burnedIn === "NO") return undefined;
  const sopClassUid = readText(dataset, Tag.SOPClassUID) ?? "";
  const kind = OFTEN_WITH_TEXT.find(
    ([root]) => sopClassUid === root || sopClassUid.startsWith(`${root}.`),
  )?.[1];
  return kind && `Names are often written into ${kind}, and the file does not say that none is.`;
}
