/**
 * The types of the attributes of one object: those of its IOD, and the conditions that its own content decides.
 *
 * @module
 */
import { type Dataset, findElement, type TagNumber } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { AttributeType } from "./attribute-type.js";
import type { TypeOf } from "./iod-types.js";

/**
 * Wraps the types of an IOD by what the object at hand says.
 *
 * @param dataset - the object, at its top level
 */
export function typesOfObject(dataset: Dataset, typeOf: TypeOf): TypeOf {
  const has = (tag: TagNumber) => findElement(dataset, tag) !== undefined;
  const conditions = new Map<TagNumber, AttributeType>([
    // PS3.3 C.7.2.3: Type 1C, required with (0012,0082), which Table E.1-1 removes, and not to be there without it.
    [Tag.ClinicalTrialProtocolEthicsCommitteeName, "absent"],
  ]);
  if (has(Tag.SharedFunctionalGroupsSequence) || has(Tag.PerFrameFunctionalGroupsSequence)) {
    // PS3.3 C.7.6.16, Multi-frame Functional Groups Module, which the tables of IODs have lost.
    conditions.set(Tag.ContentDate, "1");
    conditions.set(Tag.ContentTime, "1");
  }
  if (has(Tag.PatientSpeciesDescription) || has(Tag.PatientSpeciesCodeSequence)) {
    // PS3.3 C.7.1.1: Type 2C, required of an animal; removing them would make it incomplete.
    conditions.set(Tag.ResponsiblePerson, "2");
    conditions.set(Tag.ResponsibleOrganization, "2");
  }
  return (tag, sequence) =>
    (sequence === undefined ? conditions.get(tag) : undefined) ?? typeOf(tag, sequence);
}
