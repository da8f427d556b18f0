import { describe, expect, it } from "vitest";
import { parsePath } from "../path.js";
import { type Edit, groupEdits } from "./edit.js";

const edit = (kind: Edit["kind"], path: string): Edit =>
  ({ kind, path: parsePath(path), value: "x", elements: [] }) as unknown as Edit;

describe("an edit", () => {
  it.each([
    ["set", "(0010,0010)"],
    ["set", "(0008,1110)[0].(0010,0010)"],
    ["remove", "(0010,0010)"],
    ["remove", "(0008,1110)[0]"],
    ["setItem", "(0008,1110)[0]"],
    ["insertItem", "(0008,1110)[0]"],
  ] as const)("can be made where its path ends in what it needs: %s %s", (kind, path) => {
    expect(() => groupEdits([edit(kind, path)])).not.toThrow();
  });

  it.each([
    ["set", ""],
    ["set", "(0008,1110)[0]"],
    ["remove", ""],
    ["setItem", "(0008,1110)"],
    ["insertItem", "(0008,1110)[0].(0010,0010)"],
    ["insertItem", ""],
  ] as const)("cannot be made elsewhere: %s %s", (kind, path) => {
    expect(() => groupEdits([edit(kind, path)])).toThrow(
      expect.objectContaining({ code: "BAD_PATH", at: path }),
    );
  });
});
