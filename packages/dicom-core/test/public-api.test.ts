/**
 * The exported names of every subpath: a new name is a visible line here, a lost one a breaking change.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/dicom-core", async () => {
  expect(namesOf(await import("@dsail/dicom-core"))).toMatchInlineSnapshot(`
    [
      "DEFAULT_CHARACTER_SETS",
      "DEFAULT_READ_LIMITS",
      "DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN",
      "DEFLATED_IMAGE_FRAME",
      "DicomError",
      "EXPLICIT_VR_BIG_ENDIAN",
      "EXPLICIT_VR_LITTLE_ENDIAN",
      "HTJ2K",
      "HTJ2K_LOSSLESS",
      "HTJ2K_LOSSLESS_RPCL",
      "IMPLEMENTATION_CLASS_UID",
      "IMPLEMENTATION_VERSION_NAME",
      "IMPLICIT_VR_LITTLE_ENDIAN",
      "JPEG_2000",
      "JPEG_2000_LOSSLESS",
      "JPEG_BASELINE",
      "JPEG_EXTENDED",
      "JPEG_LOSSLESS",
      "JPEG_LOSSLESS_SV1",
      "JPEG_LS_LOSSLESS",
      "JPEG_LS_NEAR_LOSSLESS",
      "RLE_LOSSLESS",
      "VRS",
      "characterSetsOf",
      "datasetToElements",
      "datasetToJson",
      "decodeText",
      "effectiveVR",
      "elementOf",
      "findElement",
      "formatAge",
      "formatDate",
      "formatDateTime",
      "formatJson",
      "formatPath",
      "formatPersonName",
      "formatTag",
      "formatTagWords",
      "formatTime",
      "formatWord",
      "groupOf",
      "isDicomError",
      "isDicomdir",
      "isLoaded",
      "isPrivateCreatorTag",
      "isPrivateTag",
      "isVR",
      "joinSegments",
      "jsonToElements",
      "metaUid",
      "nativePixelData",
      "parseAge",
      "parseCharacterSets",
      "parseDate",
      "parseDateRange",
      "parseDateTime",
      "parseDateTimeRange",
      "parseDecimalString",
      "parsePath",
      "parsePersonName",
      "parseTag",
      "parseTime",
      "parseTimeRange",
      "privateCreatorTagOf",
      "randomUid",
      "readBigInts",
      "readBytes",
      "readDataset",
      "readDecimalStrings",
      "readFile",
      "readHeader",
      "readHeaderSync",
      "readLittleEndianBytes",
      "readNumbers",
      "readPersonNames",
      "readStrings",
      "readTags",
      "readText",
      "readValues",
      "rewriteBytes",
      "rewriteFile",
      "segmentsToBlob",
      "tagOf",
      "transferSyntaxOf",
      "viewBytes",
      "vrOfTag",
      "wholeSource",
      "writeDataset",
      "writeFile",
      "writeFileMetaInformation",
    ]
  `);
});

it("exports these names from @dsail/dicom-core/node", async () => {
  expect(namesOf(await import("@dsail/dicom-core/node"))).toMatchInlineSnapshot(`
    [
      "DEFAULT_BUFFER_BYTES",
      "createCodecWorker",
      "hasCodecWorker",
      "readDicomFile",
      "readDicomFileSync",
      "rewriteDicomFile",
      "rewriteDicomFileSync",
    ]
  `);
});

it("exports these names from @dsail/dicom-core/dictionary", async () => {
  expect(namesOf(await import("@dsail/dicom-core/dictionary"))).toMatchInlineSnapshot(`
    [
      "TRANSFER_SYNTAXES",
      "firstRepetitionOf",
      "isInTagRange",
      "isSopClassUid",
      "isTransferSyntaxUid",
      "keywordOfTag",
      "lookupKeyword",
      "lookupTag",
      "lookupUid",
      "parseTagRange",
      "tagOfKeyword",
      "vrOfTag",
    ]
  `);
});

it("exports these names from @dsail/dicom-core/pixel-data", async () => {
  expect(namesOf(await import("@dsail/dicom-core/pixel-data"))).toMatchInlineSnapshot(`
    [
      "LOCAL_CODECS",
      "decodeNativeFrame",
      "decodeRle",
      "encodeRle",
      "indexFrames",
      "openFrames",
      "readImagePixel",
      "transcode",
    ]
  `);
});

it("exports a constant for each keyword from @dsail/dicom-core/tags", async () => {
  const names = namesOf(await import("@dsail/dicom-core/tags"));
  expect(names).toContain("PatientName");
  expect(names.length).toMatchInlineSnapshot(`5196`);
});

it("exports these names from @dsail/dicom-core/dicom-parser", async () => {
  expect(namesOf(await import("@dsail/dicom-core/dicom-parser"))).toMatchInlineSnapshot(`
    [
      "fromDicomParser",
      "toDicomParser",
    ]
  `);
});

it("exports these names from @dsail/dicom-core/dcmjs", async () => {
  expect(namesOf(await import("@dsail/dicom-core/dcmjs"))).toMatchInlineSnapshot(`
    [
      "datasetToDcmjs",
      "dcmjsToElements",
      "fromDcmjs",
      "toDcmjs",
    ]
  `);
});
