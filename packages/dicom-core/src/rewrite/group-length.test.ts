import { describe, expect, it } from "vitest";
import { type Bytes, bytesOf, EXPLICIT } from "../../test/bytes-of.js";
import { edited, modality, name, remove, set } from "../../test/edits.js";

describe("a group length", () => {
  const { element, item, long } = EXPLICIT;
  const group = (tag: number, ...elements: readonly Bytes[]) => [
    element(tag, "UL", long(bytesOf(...elements).length)),
    ...elements,
  ];

  it("follows the edits of its group, at every depth (PS3.5 7.2)", () => {
    const datasetOf = (value: string, ...inserted: readonly Bytes[]) => {
      const content = group(0x00100000, name(EXPLICIT, value), ...inserted);
      return [
        group(0x00080000, modality(EXPLICIT), element(0x00081110, "SQ", item(content))),
        content,
        group(0x00200000, element(0x00200013, "IS", "1 ")),
      ];
    };
    const edits = ["(0008,1110)[0].", ""].flatMap((prefix) => [
      set(`${prefix}(0010,0010)`, "Roe"),
      set(`${prefix}(0010,0020)`, "4711"),
    ]);
    expect(edited(datasetOf("Doe^Jane"), edits)).toEqual(
      bytesOf(datasetOf("Roe ", element(0x00100020, "LO", "4711"))),
    );
  });

  it("is zero where all of its group is removed, and goes itself if asked", () => {
    const dataset = [group(0x00080000, modality(EXPLICIT)), name(EXPLICIT)];
    expect(edited(dataset, [remove("(0008,0060)")])).toEqual(
      bytesOf(element(0x00080000, "UL", long(0)), name(EXPLICIT)),
    );
    expect(edited(dataset, [remove("(0008,0000)"), set("(0008,0060)", "MR")])).toEqual(
      bytesOf(modality(EXPLICIT, "MR"), name(EXPLICIT)),
    );
  });

  it("that is wrong stays wrong if its group stays as it is", () => {
    const dataset = [element(0x00080000, "UL", long(99)), modality(EXPLICIT), name(EXPLICIT)];
    expect(edited(dataset, [remove("(0010,0010)")])).toEqual(bytesOf(dataset.slice(0, 2)));
  });
});
