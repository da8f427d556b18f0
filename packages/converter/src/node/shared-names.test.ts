import { describe, expect, it } from "vitest";
import type { Work } from "./folder-job.js";
import { pathsByName } from "./shared-names.js";

const decompose: Work = { kind: "decompose", options: {} };

describe("pathsByName", () => {
  it.each<[string, Work, readonly string[], readonly string[]]>([
    ["an extension and none", decompose, ["a", "a.dcm", "b", "c/a.dcm"], ["a", "a.dcm"]],
    ["a frame", decompose, ["a", "a.0001.dcm", "b.0001"], ["a", "a.0001.dcm"]],
    [
      "a frame of a frame",
      decompose,
      ["a.0001.0002", "a.0001", "a"],
      ["a.0001.0002", "a.0001", "a"],
    ],
    ["UIDs", decompose, ["1.2.1234", "1.2.1235", "1.2.12"], []],
    ["other extensions", decompose, ["a.png", "a.json", "a.dcm"], []],
    [
      "images",
      { kind: "compress", options: {} },
      ["a.png", "a.BMP", "a.dcm", "b.png"],
      ["a.png", "a.BMP"],
    ],
    ["JSON", { kind: "compose", options: {} }, ["a.json", "a.JSON", "a.png"], ["a.json", "a.JSON"]],
    [
      "images of one reference",
      { kind: "compose", options: { metadata: "m" } },
      ["a.json", "a.png", "a.bmp"],
      ["a.png", "a.bmp"],
    ],
    [
      "the same names",
      { kind: "transcode", options: { transferSyntaxUid: "" } },
      ["a", "a.dcm"],
      [],
    ],
  ])("%s", (_, work, paths, shared) => {
    expect(pathsByName(paths, work)).toEqual({
      alone: paths.filter((path) => !shared.includes(path)),
      shared,
    });
  });
});
