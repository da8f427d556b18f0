import {
  type ElementInit,
  findElement,
  readFile,
  readLittleEndianBytes,
  readNumbers,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { holds } from "../test/canary.js";
import { pseudonymized } from "../test/pseudonymized.js";
import { dummyDocument } from "./dummy-document.js";

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

describe("a document in the place of another", () => {
  const KINDS = [
    "application/pdf",
    "text/xml",
    "model/stl",
    "model/obj",
    "model/mtl",
    "image/x",
    "",
  ];

  it.each(KINDS)("has an even number of bytes, all of them ASCII: %o", (mimeType) => {
    const document = dummyDocument(mimeType);
    expect(document.length).toBeGreaterThan(0);
    expect(document.length % 2).toBe(0);
    expect(document.every((byte) => byte < 0x80)).toBe(true);
  });

  it.each<readonly [string, RegExp]>([
    ["text/xml", /^<\?xml version="1\.0"\?><ClinicalDocument xmlns="urn:hl7-org:v3"\/>\s*$/],
    ["model/stl", /^solid (\w+)\nendsolid \1\s*$/],
    ["model/obj", /^#.*\s*$/],
    ["model/mtl", /^#.*\s*$/],
    ["application/octet-stream", /^\0\0$/],
  ])("of type %s is one of this type, with nothing in it", (mimeType, expected) => {
    expect(textOf(dummyDocument(mimeType))).toMatch(expected);
  });

  it("is the same whatever the case of the type and spaces around it, and there if there is none", () => {
    expect(dummyDocument(" Application/PDF ")).toEqual(dummyDocument("application/pdf"));
    expect(dummyDocument(undefined)).toEqual(Uint8Array.of(0, 0));
  });
});

describe("an empty PDF (ISO 32000-1, 7.5)", () => {
  const pdf = textOf(dummyDocument("application/pdf"));

  it("begins with its version, and ends with where its table is", () => {
    expect(pdf).toMatch(/^%PDF-1\.\d\n/);
    expect(pdf).toMatch(/startxref\n\d+\n%%EOF\s*$/);
    const start = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
    expect(pdf.slice(start, start + 5)).toBe("xref\n");
  });

  it("has a table of entries of 20 bytes that tell where each object is", () => {
    const [, count = "", entries = ""] = /\nxref\n0 (\d+)\n((?:.{20})*)trailer/s.exec(pdf) ?? [];
    expect(entries.length).toBe(20 * Number(count));
    const rows = entries.match(/.{20}/gs) ?? [];
    expect(rows[0]).toBe("0000000000 65535 f \n");
    for (const [number, row] of rows.slice(1).entries()) {
      expect(row).toMatch(/^\d{10} 00000 n \n$/);
      const offset = Number(row.slice(0, 10));
      const object = `${number + 1} 0 obj`;
      expect(pdf.slice(offset, offset + object.length)).toBe(object);
    }
    expect(/\/Size (\d+)/.exec(pdf)?.[1]).toBe(count);
  });

  it("has a catalog, with pages, with one page, which has no content", () => {
    const objects = new Map(
      [...pdf.matchAll(/^(\d+) 0 obj(.*?)endobj$/gms)].map(([, number, body]) => [number, body]),
    );
    const referred = (body: string | undefined, key: string) =>
      objects.get(new RegExp(`/${key}\\s*\\[?(\\d+) 0 R`).exec(body ?? "")?.[1] ?? "");
    const trailer = /trailer(.*?)startxref/s.exec(pdf)?.[1];
    const catalog = referred(trailer, "Root");
    const pages = referred(catalog, "Pages");
    const page = referred(pages, "Kids");
    expect(catalog).toContain("/Type/Catalog");
    expect(pages).toMatch(/\/Type\/Pages.*\/Count 1\b/);
    expect(page).toMatch(/\/Type\/Page\b/);
    expect(page).toContain("/MediaBox");
    expect(page).not.toContain("/Contents");
    expect(referred(page, "Parent")).toBe(pages);
  });
});

describe("a file with a document", () => {
  const ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1";
  const document = Buffer.from("%PDF-1.4 CANARY of a report, with a padding byte\0", "latin1");
  const elements = (mimeType = "application/pdf"): readonly ElementInit[] => [
    { tag: Tag.SOPClassUID, vr: "UI", value: ENCAPSULATED_PDF },
    { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" },
    { tag: Tag.EncapsulatedDocument, vr: "OB", value: new Uint8Array(document) },
    { tag: Tag.MIMETypeOfEncapsulatedDocument, vr: "LO", value: mimeType },
    { tag: Tag.EncapsulatedDocumentLength, vr: "UL", value: document.length },
  ];

  it.each(["application/pdf", "text/xml", "model/stl", "application/x-canary"])(
    "of type %s has an empty one, its length with it, and its type still",
    (mimeType) => {
      const { dataset, bytes } = pseudonymized(elements(mimeType));
      const made = readLittleEndianBytes(dataset, Tag.EncapsulatedDocument)!;
      expect(made).toEqual(dummyDocument(mimeType));
      expect(readNumbers(dataset, Tag.EncapsulatedDocumentLength)).toEqual([made.length]);
      expect(findElement(dataset, Tag.MIMETypeOfEncapsulatedDocument)).toBeDefined();
      expect(holds(bytes, "CANARY")).toBe(false);
      expect(readFile(bytes).findings).toEqual([]);
    },
  );

  it("has no length afterwards if it had none", () => {
    const without = elements().filter(({ tag }) => tag !== Tag.EncapsulatedDocumentLength);
    const { dataset } = pseudonymized(without);
    expect(findElement(dataset, Tag.EncapsulatedDocumentLength)).toBeUndefined();
  });

  it("keeps document and length where a rule of the user's keeps the document", () => {
    const { dataset, bytes } = pseudonymized(elements(), {
      rules: [{ tag: Tag.EncapsulatedDocument, action: "keep" }],
    });
    expect(readNumbers(dataset, Tag.EncapsulatedDocumentLength)).toEqual([document.length]);
    expect(holds(bytes, "CANARY")).toBe(true);
  });

  it("has no length of a document that a rule of the user's removes", () => {
    const { dataset } = pseudonymized(elements(), {
      rules: [{ tag: Tag.EncapsulatedDocument, action: "remove" }],
    });
    expect(findElement(dataset, Tag.EncapsulatedDocument)).toBeUndefined();
    expect(findElement(dataset, Tag.EncapsulatedDocumentLength)).toBeUndefined();
  });
});
