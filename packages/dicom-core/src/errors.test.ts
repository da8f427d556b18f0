import { describe, expect, it } from "vitest";
import { DicomError, isDicomError } from "./errors.js";

describe("a DicomError", () => {
  it("says what and where, and keeps what caused it", () => {
    const cause = new Error("of zlib");
    const error = new DicomError("BAD_DEFLATE", "damaged", {
      at: "(0010,0010)",
      byteOffset: 132,
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "DicomError",
      message: "damaged",
      code: "BAD_DEFLATE",
      at: "(0010,0010)",
      byteOffset: 132,
      cause,
    });
  });

  it("has no cause where there is none", () => {
    expect("cause" in new DicomError("NOT_DICOM", "no")).toBe(false);
  });

  it("is told from other errors, also if it is of another copy of the package", () => {
    const foreign = Object.assign(new Error("no"), { name: "DicomError", code: "NOT_DICOM" });
    expect(isDicomError(new DicomError("NOT_DICOM", "no"))).toBe(true);
    expect(isDicomError(foreign)).toBe(true);
    expect(isDicomError(Object.assign(new Error("no"), { code: "ENOENT" }))).toBe(false);
    expect(isDicomError(Object.assign(new Error("no"), { name: "DicomError" }))).toBe(false);
    expect(isDicomError({ name: "DicomError", code: "NOT_DICOM" })).toBe(false);
    expect(isDicomError(undefined)).toBe(false);
  });
});
