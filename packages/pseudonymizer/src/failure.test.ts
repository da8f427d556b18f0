import { readFileSync } from "node:fs";
import { DicomError } from "@dsail/dicom-core";
import { describe, expect, it } from "vitest";
import { PseudonymizerError } from "./errors.js";
import { failureOf, formatFailure } from "./failure.js";

const SECRET = "Doe^Jane";

/** What a file system says, path and all. */
function fileSystemError(): unknown {
  try {
    readFileSync(`/no/such/folder/${SECRET}.dcm`);
  } catch (error) {
    return error;
  }
  throw new Error("the file should not be there");
}

class SecretError extends Error {
  readonly code = `code ${SECRET}`;
}

describe("failureOf", () => {
  it("tells code, text and place of an error of dicom-core", () => {
    const error = new DicomError("TRUNCATED", "the data ends inside a value", {
      at: "(7FE0,0010)",
      byteOffset: 1488,
    });
    expect(failureOf(error)).toEqual({
      code: "TRUNCATED",
      message: "the data ends inside a value",
      at: "(7FE0,0010)",
      byteOffset: 1488,
    });
  });

  it("leaves out the place where there is none", () => {
    expect(failureOf(new DicomError("NOT_DICOM", "no DICOM"))).toEqual({
      code: "NOT_DICOM",
      message: "no DICOM",
    });
  });

  it("tells code and text of this package's own error", () => {
    expect(failureOf(new PseudonymizerError("DICOMDIR", "a DICOMDIR"))).toEqual({
      code: "DICOMDIR",
      message: "a DICOMDIR",
    });
  });

  it("tells of a file system error the code, never the path", () => {
    const error = fileSystemError();
    expect(String(error)).toContain(SECRET);
    const failure = failureOf(error);
    expect(failure.code).toBe("ENOENT");
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });

  it.each([
    ["an error", new TypeError(SECRET), "TypeError"],
    ["an error whose code is no code", new SecretError(SECRET), "SecretError"],
    ["an error with a cause", new Error("x", { cause: new Error(SECRET) }), "Error"],
    ["a text that was thrown", SECRET, "string"],
    ["an object that was thrown", { message: SECRET, code: SECRET }, "object"],
    ["nothing that was thrown", undefined, "undefined"],
    ["null that was thrown", null, "object"],
  ])("never tells the text of %s, only its kind", (_what, error, kind) => {
    const failure = failureOf(error);
    expect(failure.code).toBe("UNEXPECTED");
    expect(failure.message).toContain(kind);
    expect(`${JSON.stringify(failure)} ${formatFailure(failure)}`).not.toContain(SECRET);
  });

  it("is data that a thread can be sent", () => {
    const failure = failureOf(new DicomError("BAD_VR", "x", { at: "(0010,0010)" }));
    expect(structuredClone(failure)).toEqual(failure);
    expect(Object.getPrototypeOf(failure)).toBe(Object.prototype);
  });
});

describe("formatFailure", () => {
  it("puts what is known on one line", () => {
    const place = { at: "(0008,1140)[0].(0008,1155)", byteOffset: 0 };
    expect(formatFailure({ code: "BAD_VR", message: "no", ...place })).toBe(
      "BAD_VR: no at (0008,1140)[0].(0008,1155), byte 0",
    );
    expect(formatFailure({ code: "ENOSPC", message: "no room" })).toBe("ENOSPC: no room");
    expect(formatFailure({ code: "BAD_VR", message: "no", at: "" })).toBe("BAD_VR: no");
  });
});
