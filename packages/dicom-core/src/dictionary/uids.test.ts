import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isSopClassUid, isTransferSyntaxUid, lookupUid, TRANSFER_SYNTAXES } from "./uids.js";

const uidsOf = (file: string): string[] =>
  readFileSync(new URL(`../../data/${file}`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(",")));

const syntaxUids = uidsOf("transfer-syntaxes.csv");
const classUids = uidsOf("sop-classes.csv");

describe("the UIDs", () => {
  it("are 63 transfer syntaxes, 311 SOP classes and 9 meta SOP classes, each once", () => {
    const kinds = [...syntaxUids, ...classUids].map((uid) => lookupUid(uid)?.kind);
    expect(kinds.filter((kind) => kind === "Transfer Syntax").length).toBe(63);
    expect(kinds.filter((kind) => kind === "SOP Class").length).toBe(311);
    expect(kinds.filter((kind) => kind === "Meta SOP Class").length).toBe(9);
    expect(new Set([...syntaxUids, ...classUids]).size).toBe(63 + 311 + 9);
  });

  it("are well formed, and have keywords but for two retired classes without a name", () => {
    for (const uid of [...syntaxUids, ...classUids]) {
      expect(uid).toMatch(/^1\.2\.840\.10008(\.(0|[1-9]\d*))+$/);
    }
    const all = [...syntaxUids, ...classUids].map((uid) => lookupUid(uid));
    const named = all.filter((entry) => entry?.name !== "");
    expect(all.filter((entry) => entry?.name === "").map((entry) => entry?.uid)).toEqual([
      "1.2.840.10008.5.1.4.1.1.12.77",
      "1.2.840.10008.5.1.4.1.1.40",
    ]);
    expect(named.filter((entry) => !/^[A-Z][A-Za-z0-9]*$/.test(entry?.keyword ?? ""))).toEqual([]);
    expect(new Set(named.map((entry) => entry?.keyword)).size).toBe(named.length);
  });

  it("say what they are", () => {
    expect(lookupUid("1.2.840.10008.5.1.4.1.1.2")).toEqual({
      uid: "1.2.840.10008.5.1.4.1.1.2",
      keyword: "CTImageStorage",
      name: "CT Image Storage",
      kind: "SOP Class",
      retired: false,
    });
    expect(lookupUid("1.2.840.10008.5.1.1.9")?.kind).toBe("Meta SOP Class");
    expect(lookupUid("1.2.840.10008.5.1.4.1.1.5")?.retired).toBe(true);
    expect(lookupUid("1.2.3")).toBeUndefined();
    expect(lookupUid("")).toBeUndefined();
  });

  it("tell a SOP class and a transfer syntax from the rest", () => {
    expect(isSopClassUid("1.2.840.10008.5.1.4.1.1.4")).toBe(true);
    expect(isSopClassUid("1.2.840.10008.5.1.1.9")).toBe(false);
    expect(isSopClassUid("1.2.840.10008.1.2")).toBe(false);
    expect(isTransferSyntaxUid("1.2.840.10008.1.2")).toBe(true);
    expect(isTransferSyntaxUid("1.2.840.10008.5.1.4.1.1.4")).toBe(false);
    expect(isTransferSyntaxUid("1.2.840.113619.5.2")).toBe(false);
  });
});

describe("the transfer syntaxes", () => {
  const keywordsOf = (keep: (syntax: (typeof TRANSFER_SYNTAXES)[number]) => boolean) =>
    TRANSFER_SYNTAXES.filter(keep).map((syntax) => syntax.keyword);

  it("name the few that are not plain explicit VR little endian (PS3.5 Annex A)", () => {
    expect(keywordsOf((syntax) => !syntax.explicitVR)).toEqual([
      "ImplicitVRLittleEndian",
      "Papyrus3ImplicitVRLittleEndian",
    ]);
    expect(keywordsOf((syntax) => !syntax.littleEndian)).toEqual(["ExplicitVRBigEndian"]);
    expect(keywordsOf((syntax) => syntax.deflated)).toEqual([
      "DeflatedExplicitVRLittleEndian",
      "JPIPReferencedDeflate",
      "JPIPHTJ2KReferencedDeflate",
    ]);
  });

  it("encapsulate pixel data only where A.4 says so", () => {
    expect(keywordsOf((syntax) => !syntax.encapsulated)).toEqual([
      "ImplicitVRLittleEndian",
      "ExplicitVRLittleEndian",
      "DeflatedExplicitVRLittleEndian",
      "ExplicitVRBigEndian",
      "JPIPReferenced",
      "JPIPReferencedDeflate",
      "JPIPHTJ2KReferenced",
      "JPIPHTJ2KReferencedDeflate",
      "RFC2557MIMEEncapsulation",
      "XMLEncoding",
      "SMPTEST211020UncompressedProgressiveActiveVideo",
      "SMPTEST211020UncompressedInterlacedActiveVideo",
      "SMPTEST211030PCMDigitalAudio",
      "Papyrus3ImplicitVRLittleEndian",
    ]);
  });
});
