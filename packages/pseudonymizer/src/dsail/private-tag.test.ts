import { readFile, writeFile } from "@dsail/dicom-core";
import { describe, expect, it } from "vitest";
import { generateActions } from "./generate-actions.js";
import { getPrivateTag, getPrivateTags } from "./private-tag.js";

const { dataset } = readFile(
  writeFile([
    { tag: 0x00080060, vr: "CS", value: "MR" },
    { tag: 0x00110012, vr: "LO", value: "ACME" },
    { tag: 0x00111207, vr: "LO", value: "of a block" },
    { tag: 0x00131001, vr: "LO", value: "of no block" },
  ]),
);

describe("getPrivateTag", () => {
  it("tells the creator of an element, and its place in the block", () => {
    const found = getPrivateTag(dataset, "(0x0011, 0x1207)");
    expect(found?.creator).toEqual({ tagGroup: 0x0011, creatorName: "ACME" });
    expect(found?.element?.offset).toBe(0x07);
    expect(found?.element?.element.tag).toBe(0x00111207);
  });

  it("tells a creator itself, as no element", () => {
    expect(getPrivateTag(dataset, "(0011,0012)")).toEqual({
      creator: { tagGroup: 0x0011, creatorName: "ACME" },
      element: undefined,
    });
  });

  it.each([
    ["that is not there, of which D-SAIL's crashed", "(0011,1299)"],
    ["that is not private", "(0008,0060)"],
    ["that has no creator", "(0013,1001)"],
    ["of a range", "(0011,12xx)"],
  ])("tells nothing of an element %s", (_what, tag) => {
    expect(getPrivateTag(dataset, tag)).toBeUndefined();
  });
});

it("getPrivateTags tells those that actions name", () => {
  const actions = generateActions(["(0011,1207)", "(0011,1299)", "(0008,0060)"], "keep");
  expect(getPrivateTags(actions, dataset).map(({ element }) => element?.offset)).toEqual([0x07]);
});
