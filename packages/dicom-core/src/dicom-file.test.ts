import { describe, expect, it } from "vitest";
import { EXPLICIT, fileOf, uid } from "../test/bytes-of.js";
import type { Dataset } from "./dataset.js";
import { isDicomdir, metaUid } from "./dicom-file.js";
import { readFile } from "./read/part10.js";

const { element } = EXPLICIT;
const DIRECTORY = "1.2.840.10008.1.3.10";

describe("a DICOMDIR", () => {
  it("is told by its directory records", () => {
    expect(isDicomdir(readFile(fileOf(element(0x00041220, "SQ", []))))).toBe(true);
    expect(isDicomdir(readFile(fileOf(element(0x00041130, "CS", "NAME"))))).toBe(false);
  });

  it("is told by the SOP class of its meta information", () => {
    const file = readFile(fileOf([]));
    const meta = readFile(fileOf([element(0x00020002, "UI", uid(DIRECTORY))])).fileMetaInformation;
    expect(isDicomdir({ ...file, fileMetaInformation: meta })).toBe(true);
  });
});

describe("a UID of the meta information", () => {
  const metaOf = (value: string): Dataset =>
    readFile(fileOf([element(0x00020003, "UI", value)])).fileMetaInformation;

  it.each(["1.2.3\0", "1.2.3 ", "1.2.3\0\0\0", " 1.2.3"])("has no padding: %o", (value) => {
    expect(metaUid(metaOf(value), 0x00020003)).toBe("1.2.3");
  });

  it("is undefined if there is none, empty if it has no value", () => {
    expect(metaUid(metaOf(""), 0x00020002)).toBeUndefined();
    expect(metaUid(metaOf(""), 0x00020003)).toBe("");
  });

  it("is not read without end", () => {
    expect(metaUid(metaOf("1".repeat(1000)), 0x00020003)?.length).toBe(256);
  });
});
