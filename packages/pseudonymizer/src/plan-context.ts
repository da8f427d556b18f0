/**
 * What planning one file needs besides the file.
 *
 * @module
 */
import { type Dataset, findElement } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { Decision, PlanFinding } from "./decision.js";
import { codeText, identifierText } from "./element-text.js";
import type { IsInIod } from "./iod-attributes.js";
import type { TypeOf } from "./iod-types.js";
import type { DateChange } from "./modified-dates.js";
import { typesOfObject } from "./object-types.js";
import type { Pseudonymization } from "./pseudonymization.js";
import { declaredSafe, type SafePrivateOf } from "./safe-private.js";

/** Of one file. */
export interface PlanContext {
  readonly pseudonymization: Pseudonymization;
  readonly sopClassUid: string | undefined;
  readonly typeOf: TypeOf;
  /** In allow-list mode: whether the IOD has an attribute. */
  readonly isListed: IsInIod | undefined;
  /** Who the file is about, as the file has it. */
  readonly patientId: string;
  /** What becomes of its dates. */
  readonly dateChange: () => DateChange;
  /** The words that identify somebody in it. */
  readonly identifiers: () => ReadonlySet<string>;
  /** Private elements that may stay; undefined if none may. */
  readonly safePrivate: SafePrivateOf | undefined;
  /** Whether content items refer to others by their place, so that none may be taken out. */
  readonly refersByPlace: () => boolean;
  /** Whether what stays is noted as well. */
  readonly explain: boolean;
  /** What rules of the user's do with dates: whether any stays, or is moved. */
  readonly customDates: { keeps: boolean; moves: boolean };
  readonly decisions: Decision[];
  readonly findings: PlanFinding[];
}

/** Prepares a file; what costs is done when it is asked for. */
export function createPlanContext(
  dataset: Dataset,
  pseudonymization: Pseudonymization,
  explain: boolean,
): PlanContext {
  const { iodTypes, iodAttributes, options, safePrivateOf } = pseudonymization;
  const sopClassUid = codeText(dataset, Tag.SOPClassUID);
  const patientId = identifierText(dataset, Tag.PatientID);
  const findings: PlanFinding[] = [];
  const dateChange = once(() => pseudonymization.dateChangeOf(whoseDates(dataset, patientId)));
  // A patient whom a table lacks is refused, also where there is no date to move.
  if (options.has("retainLongitudinalModifiedDates")) dateChange();
  if (!iodTypes.knows(sopClassUid)) findings.push({ code: "UNKNOWN_SOP_CLASS" });
  return {
    pseudonymization,
    sopClassUid,
    typeOf: typesOfObject(dataset, iodTypes.ofSopClass(sopClassUid)),
    isListed: iodAttributes?.ofSopClass(sopClassUid),
    patientId,
    dateChange,
    identifiers: once(() => pseudonymization.identifiersOf(dataset)),
    safePrivate: options.has("retainSafePrivate")
      ? eitherOf(safePrivateOf, declaredSafe(dataset))
      : undefined,
    refersByPlace: once(() => holds(dataset, Tag.ReferencedContentItemIdentifier)),
    explain,
    customDates: { keeps: false, moves: false },
    decisions: [],
    findings,
  };
}

/** The patient; of a file that names none its study, or itself, so that at least what belongs together stays together. */
function whoseDates(dataset: Dataset, patientId: string): string {
  if (patientId !== "") return patientId;
  return codeText(dataset, Tag.StudyInstanceUID) ?? codeText(dataset, Tag.SOPInstanceUID) ?? "";
}

function eitherOf(first: SafePrivateOf, second: SafePrivateOf): SafePrivateOf {
  return (element) => first(element) ?? second(element);
}

function holds(dataset: Dataset, tag: number): boolean {
  if (findElement(dataset, tag) !== undefined) return true;
  return dataset.elements.some(({ items }) => items?.some((item) => holds(item, tag)) ?? false);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
