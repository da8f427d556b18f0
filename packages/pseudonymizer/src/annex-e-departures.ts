/**
 * Where this package does more than Table E.1-1 of PS3.15 2026c asks, and why.
 *
 * @module
 */
import * as Tag from "@dsail/dicom-core/tags";

/** UI attributes that no row names, but that point at instances whose UIDs are replaced (PS3.15 E.1.1). */
export const MORE_UIDS: ReadonlySet<number> = new Set([
  Tag.MultiFrameSourceSOPInstanceUID,
  Tag.RadiopharmaceuticalAdministrationEventUID,
  Tag.TargetFrameOfReferenceUID,
  Tag.SOPInstanceUIDOfConcatenationSource,
  Tag.VolumeFrameOfReferenceUID,
  Tag.TableFrameOfReferenceUID,
  Tag.ReferencedColorPaletteInstanceUID,
  Tag.AssertionUID,
  Tag.ReferencedAssertionUID,
  Tag.ModelGroupUID,
  Tag.FindingsGroupUIDTrial,
  Tag.ReferencedFindingsGroupUIDTrial,
  Tag.ReferencedFiducialUID,
  Tag.SelectorUIValue,
  Tag.EquipmentFrameOfReferenceUID,
  Tag.RetrieveLocationUID,
  Tag.RepositoryUniqueID,
  Tag.HomeCommunityID,
]);

/**
 * Attributes that no row names are treated by VR where the VR alone says that they date or name: 18 of the dictionary,
 * such as Document Author (Trial). (PS3.15 E.1.1 calls the table a minimum.)
 */
export const VRS_TREATED_ALIKE: ReadonlySet<string> = new Set(["DA", "DT", "PN", "TM"]);

/** Groups that go as a whole. Removing only what Table E.1-1 names of an overlay would leave parts of a broken one. */
export function isRemovedGroup(group: number): boolean {
  return (
    group === 0x0000 || // a command (PS3.7), which has no place in a file
    group === 0x0002 || // meta information inside the data set
    group === 0x0004 || // directory information outside a DICOMDIR (PS3.15 E.1.1)
    (group & 0xff00) === 0x5000 || // curves
    (group & 0xff00) === 0x6000 || // overlays
    group === 0xfffa || // digital signatures, which no longer hold (PS3.15 E.1.1)
    group === 0xfffc || // trailing padding, in which anything may be
    group === 0xfffe // stray delimiters
  );
}

/** Attributes that go although no row says so. */
export const MORE_REMOVED: ReadonlyMap<number, string> = new Map([
  [Tag.PatientBirthDateInAlternativeCalendar, "a birth date, like (0010,0030), but of VR LO"],
  [Tag.PatientDeathDateInAlternativeCalendar, "a death date, but of VR LO"],
  [Tag.PlacerOrderNumberProcedure, "an order number, like (0040,2016), but retired"],
  [Tag.FillerOrderNumberProcedure, "an order number, like (0040,2017), but retired"],
  [
    Tag.PlacerOrderNumberImagingServiceRequestRetired,
    "an order number, like (0040,2016), but retired",
  ],
  [
    Tag.FillerOrderNumberImagingServiceRequestRetired,
    "an order number, like (0040,2017), but retired",
  ],
  [Tag.CommentsOnTheScheduledProcedureStep, "comments, like (0040,0280), but of the schedule"],
  [Tag.ContactDisplayName, "a name of a person to be asked, but of VR LO"],
  [Tag.BoardingPassID, "an identifier of a traveller"],
  [
    Tag.PrivateDataElementCharacteristicsSequence,
    "tells, in free text, of private elements, which go, or of which some do",
  ],
  [Tag.EncryptedAttributesSequence, "identities under the keys of another de-identification"],
  [Tag.PixelDataProviderURL, "an address that names instances by their UIDs (PS3.15 E.1.1)"],
  [Tag.StorageURL, "an address that names instances by their UIDs (PS3.15 E.1.1)"],
  [Tag.StoredInstanceBaseURI, "an address that names instances by their UIDs (PS3.15 E.1.1)"],
  [Tag.FolderAccessURI, "an address of a folder, whose name may be a patient's"],
  [Tag.FileAccessURI, "an address of a file, whose name may be a patient's"],
  [Tag.FilenameInContainer, "the name of a file, which may be a patient's"],
  [Tag.HL7InstanceIdentifier, "an identifier of a document"],
  [Tag.RetrieveURL, "an address that names instances by their UIDs (PS3.15 E.1.1)"],
  [Tag.RetrieveURI, "an address that names instances by their UIDs (PS3.15 E.1.1)"],
]);
