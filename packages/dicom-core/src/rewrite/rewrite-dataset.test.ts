/**
 * Each kind of edit, in each place, against the bytes that should come out.
 */
import { describe, expect, it } from "vitest";
import { BIG, type Bytes, bytesOf, EXPLICIT, IMPLICIT } from "../../test/bytes-of.js";
import { edited, insertItem, MR, modality, name, remove, set, setItem } from "../../test/edits.js";

const IMPLICIT_UID = "1.2.840.10008.1.2";
const BIG_UID = "1.2.840.10008.1.2.2";

describe.each([
  ["explicit VR little endian", EXPLICIT, undefined],
  ["implicit VR little endian", IMPLICIT, IMPLICIT_UID],
  ["explicit VR big endian", BIG, BIG_UID],
] as const)("an edit in %s", (_name, encoder, uid) => {
  const { element, item, openItem, openSequence } = encoder;
  const dataset = [modality(encoder), name(encoder), element(0x00280010, "US", encoder.word(512))];
  const rows = (value: number) => element(0x00280010, "US", encoder.word(value));

  it.each([
    [
      "gives an element a value",
      set("(0028,0010)", 3),
      [modality(encoder), name(encoder), rows(3)],
    ],
    [
      "makes an element longer",
      set("(0008,0060)", "OTHER"),
      [modality(encoder, "OTHER "), name(encoder), rows(512)],
    ],
    [
      "makes an element empty",
      set("(0010,0010)", ""),
      [modality(encoder), name(encoder, ""), rows(512)],
    ],
    ["removes an element", remove("(0010,0010)"), [modality(encoder), rows(512)]],
    ["removes what is not there", remove("(0010,0020)"), dataset],
    [
      "inserts an element in front of all",
      set("(0008,0018)", "1.2."),
      [element(0x00080018, "UI", "1.2."), dataset],
    ],
    [
      "inserts an element between others",
      set("(0010,0020)", "4711"),
      [modality(encoder), name(encoder), element(0x00100020, "LO", "4711"), rows(512)],
    ],
    [
      "inserts an element behind all",
      set("(0040,A160)", "text"),
      [dataset, element(0x0040a160, "UT", "text")],
    ],
    [
      "inserts a sequence",
      set("(0008,1110)", [MR, []]),
      [
        modality(encoder),
        element(0x00081110, "SQ", [item(modality(encoder, "MR")), item([])]),
        name(encoder),
        rows(512),
      ],
    ],
  ])("%s", (_what, edit, expected) => {
    expect(edited(dataset, [edit], uid)).toEqual(bytesOf(expected));
  });

  for (const [style, sequenceOf, itemOf] of [
    ["with lengths", (tag: number, items: Bytes) => element(tag, "SQ", items), item],
    ["with delimiters", (tag: number, items: Bytes) => openSequence(tag, "SQ", items), openItem],
    [
      "with lengths of items only",
      (tag: number, items: Bytes) => openSequence(tag, "SQ", items),
      item,
    ],
    [
      "with lengths of sequences only",
      (tag: number, items: Bytes) => element(tag, "SQ", items),
      openItem,
    ],
  ] as const) {
    const nested = (...items: readonly Bytes[]) => [
      modality(encoder),
      sequenceOf(0x00081110, [
        itemOf([modality(encoder), sequenceOf(0x00081199, items), name(encoder)]),
        itemOf([]),
      ]),
      name(encoder),
    ];
    const first = itemOf([modality(encoder), name(encoder)]);
    const second = itemOf(modality(encoder));

    it.each([
      [
        "gives an element of an item a value",
        set("(0008,1110)[0].(0008,1199)[0].(0010,0010)", "Roe"),
        [itemOf([modality(encoder), name(encoder, "Roe ")]), second],
      ],
      [
        "removes an element of an item",
        remove("(0008,1110)[0].(0008,1199)[0].(0008,0060)"),
        [itemOf(name(encoder)), second],
      ],
      [
        "inserts an element into an item",
        set("(0008,1110)[0].(0008,1199)[1].(0010,0010)", "Doe^Jane"),
        [first, itemOf([modality(encoder), name(encoder)])],
      ],
      ["removes an item", remove("(0008,1110)[0].(0008,1199)[0]"), [second]],
      [
        "removes an item that is not there",
        remove("(0008,1110)[0].(0008,1199)[7]"),
        [first, second],
      ],
      [
        "gives an item other elements",
        setItem("(0008,1110)[0].(0008,1199)[0]", MR),
        [item(modality(encoder, "MR")), second],
      ],
      [
        "inserts an item in front",
        insertItem("(0008,1110)[0].(0008,1199)[0]", MR),
        [item(modality(encoder, "MR")), first, second],
      ],
      [
        "inserts an item between others",
        insertItem("(0008,1110)[0].(0008,1199)[1]", MR),
        [first, item(modality(encoder, "MR")), second],
      ],
      [
        "appends an item",
        insertItem("(0008,1110)[0].(0008,1199)[9]", []),
        [first, second, item([])],
      ],
    ])(`%s, ${style}`, (_what, edit, expected) => {
      expect(edited(nested(first, second), [edit], uid)).toEqual(bytesOf(nested(...expected)));
    });
  }
});

describe("edits", () => {
  const { element, item, openItem, openSequence } = EXPLICIT;

  it("may be many, of one data set and of its items", () => {
    const dataset = [
      modality(EXPLICIT),
      element(0x00081110, "SQ", [item(modality(EXPLICIT)), item(name(EXPLICIT)), item([])]),
      name(EXPLICIT),
    ];
    const edits = [
      set("(0010,0010)", "Roe "),
      remove("(0008,1110)[2]"),
      insertItem("(0008,1110)[1]", MR),
      insertItem("(0008,1110)[1]", []),
      set("(0008,1110)[1].(0010,0010)", "Poe "),
      remove("(0008,1110)[0].(0008,0060)"),
      set("(0008,0018)", "1.2."),
    ];
    expect(edited(dataset, edits)).toEqual(
      bytesOf(
        element(0x00080018, "UI", "1.2."),
        modality(EXPLICIT),
        element(0x00081110, "SQ", [
          item([]),
          item(modality(EXPLICIT, "MR")),
          item([]),
          item(name(EXPLICIT, "Poe ")),
        ]),
        name(EXPLICIT, "Roe "),
      ),
    );
  });

  it("of one place: the last one counts", () => {
    const edits = [set("(0008,0060)", "US"), remove("(0008,0060)"), set("(0008,0060)", "MR")];
    expect(edited(modality(EXPLICIT), edits)).toEqual(bytesOf(modality(EXPLICIT, "MR")));
  });

  it("of a tag that occurs twice concern both", () => {
    const twice = [modality(EXPLICIT, "CT"), modality(EXPLICIT, "US"), name(EXPLICIT)];
    expect(edited(twice, [remove("(0008,0060)")])).toEqual(bytesOf(name(EXPLICIT)));
    expect(edited(twice, [set("(0008,0060)", "MR")])).toEqual(
      bytesOf(modality(EXPLICIT, "MR"), modality(EXPLICIT, "MR"), name(EXPLICIT)),
    );
  });

  it("insert before the first greater tag where elements are out of order", () => {
    const dataset = [name(EXPLICIT), modality(EXPLICIT), element(0x00200013, "IS", "1 ")];
    expect(edited(dataset, [set("(0008,0070)", "ACME")])).toEqual(
      bytesOf(element(0x00080070, "LO", "ACME"), dataset),
    );
  });

  it("of an item in UN are in its encoding (PS3.5 6.2.2)", () => {
    const inUnknown = (content: Bytes) => [
      element(0x00091001, "UN", IMPLICIT.item(content)),
      openSequence(0x00091002, "UN", IMPLICIT.openItem(content)),
    ];
    const edits = [
      set("(0009,1001)[0].(0010,0010)", "Roe^"),
      set("(0009,1002)[0].(0010,0010)", "Roe^"),
      insertItem("(0009,1002)[1]", MR),
    ];
    const expected = [
      element(0x00091001, "UN", IMPLICIT.item(name(IMPLICIT, "Roe^"))),
      openSequence(0x00091002, "UN", [
        IMPLICIT.openItem(name(IMPLICIT, "Roe^")),
        IMPLICIT.item(modality(IMPLICIT, "MR")),
      ]),
    ];
    expect(edited(inUnknown(name(IMPLICIT)), edits)).toEqual(bytesOf(expected));
  });

  it("of an element of VR UN give it the dictionary's VR, if there is one", () => {
    const unknown = [element(0x00091001, "UN", "abcd"), element(0x00100010, "UN", "Doe^Jane")];
    const edits = [set("(0009,1001)", Uint8Array.of(1, 2)), set("(0010,0010)", "Roe^")];
    expect(edited(unknown, edits)).toEqual(
      bytesOf(element(0x00091001, "UN", [1, 2]), name(EXPLICIT, "Roe^")),
    );
  });

  it("keep the VR of an element, also where the dictionary has another, or two", () => {
    const dataset = [element(0x00100010, "LO", "Doe^Jane"), element(0x00280106, "SS", [0, 0])];
    expect(edited(dataset, [set("(0010,0010)", "Roe^"), set("(0028,0106)", -1)])).toEqual(
      bytesOf(element(0x00100010, "LO", "Roe^"), element(0x00280106, "SS", [0xff, 0xff])),
    );
  });

  it("may change a VR", () => {
    const path = [0x00280106];
    const dataset = element(0x00280106, "US", [1, 0]);
    expect(edited(dataset, [{ kind: "set", path, vr: "SS", value: -1 }])).toEqual(
      bytesOf(element(0x00280106, "SS", [0xff, 0xff])),
    );
  });

  it("keep a length of 16 bits where two letters that are no VR hold a sequence", () => {
    const strange = (content: Bytes) => element(0x00091001, "ZZ", IMPLICIT.item(content));
    expect(
      edited(
        [strange(name(IMPLICIT)), name(EXPLICIT)],
        [set("(0009,1001)[0].(0010,0010)", "Roe^")],
      ),
    ).toEqual(bytesOf(strange(name(IMPLICIT, "Roe^")), name(EXPLICIT)));
    const huge = [{ tag: 0x0040a160, value: "x".repeat(70_000) }];
    expect(() => edited(strange([]), [setItem("(0009,1001)[0]", huge)])).toThrow(
      expect.objectContaining({ code: "BAD_LENGTH", at: "(0009,1001)" }),
    );
  });

  it("put right what was wrong with lengths around them", () => {
    const broken = openSequence(0x00081110, "SQ", item(name(EXPLICIT), { length: 12 }));
    const edits = [set("(0008,1110)[0].(0010,0010)", "Roe^")];
    expect(edited(broken, edits, undefined, { allowLengthMismatch: true })).toEqual(
      bytesOf(openSequence(0x00081110, "SQ", item(name(EXPLICIT, "Roe^")))),
    );
  });

  it("leave out delimiters that a length makes idle", () => {
    const idle = element(0x00081110, "SQ", [
      item([name(EXPLICIT), EXPLICIT.itemEnd]),
      EXPLICIT.sequenceEnd,
    ]);
    expect(edited(idle, [set("(0008,1110)[0].(0010,0010)", "Roe^")])).toEqual(
      bytesOf(element(0x00081110, "SQ", item(name(EXPLICIT, "Roe^")))),
    );
  });

  it("in a file that was cut off leave it cut off", () => {
    const whole = openSequence(0x00081110, "SQ", openItem([modality(EXPLICIT), name(EXPLICIT)]));
    const cut = bytesOf(whole).subarray(0, -16);
    const edits = [set("(0008,1110)[0].(0008,0060)", "OTHER")];
    const expected = openSequence(
      0x00081110,
      "SQ",
      openItem([modality(EXPLICIT, "OTHER "), name(EXPLICIT)]),
    );
    expect(edited(cut, edits, undefined, { allowTruncated: true })).toEqual(
      bytesOf(expected).subarray(0, -16),
    );
  });
});
