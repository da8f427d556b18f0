import { DicomError } from "@dsail/dicom-core";
import { describe, expect, it } from "vitest";
import { isPseudonymizerError, PseudonymizerError } from "./errors.js";

describe("isPseudonymizerError", () => {
  it("tells the error, with its code and its cause", () => {
    const cause = new Error("why");
    const error = new PseudonymizerError("DICOMDIR", "a DICOMDIR", { cause });
    expect(isPseudonymizerError(error)).toBe(true);
    expect(error).toMatchObject({ name: "PseudonymizerError", code: "DICOMDIR", cause });
  });

  it("tells one of another copy of this package", () => {
    const foreign = Object.assign(new Error("x"), { name: "PseudonymizerError", code: "BAD_KEY" });
    expect(foreign).not.toBeInstanceOf(PseudonymizerError);
    expect(isPseudonymizerError(foreign)).toBe(true);
  });

  it.each([
    ["an error of dicom-core", new DicomError("TRUNCATED", "x")],
    ["any other error", new Error("x")],
    [
      "one of that name without a code",
      Object.assign(new Error("x"), { name: "PseudonymizerError" }),
    ],
    ["what only looks like it", { name: "PseudonymizerError", code: "BAD_KEY" }],
    ["nothing", undefined],
  ])("does not take %s for one", (_what, error) => {
    expect(isPseudonymizerError(error)).toBe(false);
  });
});
