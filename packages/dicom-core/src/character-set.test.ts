import { describe, expect, it } from "vitest";
import {
  DEFAULT_CHARACTER_SETS,
  decodeText,
  encodeText,
  parseCharacterSets,
} from "./character-set.js";
import type { VR } from "./vr.js";

/** Bytes written as Latin-1: `\x1b$B` is an escape sequence. */
const bytesOf = (latin1: string) => Uint8Array.from(latin1, (c) => c.charCodeAt(0));

const decode = (characterSets: string, latin1: string, vr: VR = "PN") =>
  decodeText(bytesOf(latin1), parseCharacterSets(characterSets.split("\\")), vr);

describe("the names of character sets", () => {
  it("are the default repertoire where there is none, or nothing in it", () => {
    expect(parseCharacterSets([])).toEqual(DEFAULT_CHARACTER_SETS);
    expect(parseCharacterSets([""])).toEqual(DEFAULT_CHARACTER_SETS);
    expect(parseCharacterSets(["", ""])).toEqual(DEFAULT_CHARACTER_SETS);
  });

  it.each([
    ["ISO_IR 100", ["ISO_IR 100"]],
    ["ISO 2022 IR 100", ["ISO 2022 IR 100"]],
    ["\\ISO 2022 IR 87", ["ISO 2022 IR 6", "ISO 2022 IR 87"]],
    ["ISO 2022 IR 13\\ISO 2022 IR 87", ["ISO 2022 IR 13", "ISO 2022 IR 87"]],
  ])("are kept as they are: %s", (text, terms) => {
    expect(parseCharacterSets(text.split("\\"))).toEqual({ terms, unknown: [] });
  });

  it.each([
    ["ISO-IR 100", ["ISO_IR 100"]],
    ["ISO IR 192", ["ISO_IR 192"]],
    ["iso_ir_144", ["ISO_IR 144"]],
    ["ISO_IR192", ["ISO_IR 192"]],
    ["ISO 2022 GBK", ["GBK"]],
    ["ISO_2022_IR_100", ["ISO 2022 IR 100"]],
    ["ISO 2022 58", ["ISO 2022 IR 58"]],
    ["ISO_IR 100\\ISO_2022-IR 87", ["ISO 2022 IR 100", "ISO 2022 IR 87"]],
  ])("are understood when misspelt: %s", (text, terms) => {
    expect(parseCharacterSets(text.split("\\"))).toEqual({ terms, unknown: [] });
  });

  it("stand alone if they know no code extensions (PS3.5 6.1.2.5.4 d)", () => {
    expect(parseCharacterSets(["ISO_IR 192", "ISO 2022 IR 87"]).terms).toEqual(["ISO_IR 192"]);
    expect(parseCharacterSets(["ISO_IR 100", "GB18030"]).terms).toEqual(["ISO_IR 100"]);
  });

  it.each(["LATIN1", "ISO_IR 99", "ISO 2022 IR 192", "utf-8"])(
    "that nobody has defined are told, and read as the default: %s",
    (name) => {
      expect(parseCharacterSets([name])).toEqual({ terms: ["ISO_IR 6"], unknown: [name] });
      expect(decode(name, "B\xfcc^J\xe9r\xf4me")).toBe("Büc^Jérôme");
    },
  );
});

describe("text in one character set", () => {
  it.each([
    ["PS3.5 annex H: Latin-1", "ISO_IR 100", "Buc^J\xe9r\xf4me", "Buc^Jérôme"],
    ["Latin-2", "ISO_IR 101", "W\xb1\xb3\xeasa", "Wąłęsa"],
    ["Latin-3", "ISO_IR 109", "\xa1\xb1", "Ħħ"],
    ["Latin-4", "ISO_IR 110", "\xa5\xb5", "Ĩĩ"],
    ["Cyrillic", "ISO_IR 144", "\xbb\xee\xdace\xdc\xd1yp\xd3", "Люкceмбypг"],
    ["Arabic", "ISO_IR 127", "\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "قباني^لنزار"],
    ["Greek", "ISO_IR 126", "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"],
    ["Hebrew", "ISO_IR 138", "\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שרון^דבורה"],
    ["Latin-5", "ISO_IR 148", "\xc7avu\xfeo\xf0lu", "Çavuşoğlu"],
    ["Japanese katakana", "ISO_IR 13", "\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"],
    ["Thai", "ISO_IR 166", "\xb9\xd2\xc1", "นาม"],
    [
      "PS3.5 annex J: UTF-8",
      "ISO_IR 192",
      "Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=",
      "Wang^XiaoDong=王^小東=",
    ],
    [
      "PS3.5 annex J: GB18030",
      "GB18030",
      "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=",
      "Wang^XiaoDong=王^小东=",
    ],
    ["PS3.5 annex J: GBK", "GBK", "\xcd\xf5^\xd0\xa1\xb6\xab", "王^小东"],
  ])("is decoded: %s", (_, characterSet, latin1, text) => {
    expect(decode(characterSet, latin1)).toBe(text);
  });

  it("has control characters of ISO 8859, where the platform has those of Windows", () => {
    expect(decode("ISO_IR 100", "a\x80\x9f\xe9")).toBe("a\x80\x9fé");
    expect(decode("ISO_IR 148", "a\x80\x9f\xf0")).toBe("a\x80\x9fğ");
  });

  it("keeps a byte order mark, which the platform drops", () => {
    expect(decode("ISO_IR 192", "\xef\xbb\xbfa")).toBe("\ufeffa");
  });

  it("has a replacement character for what is no text", () => {
    expect(decode("ISO_IR 192", "a\xff")).toBe("a\ufffd");
  });

  it("does not take the second byte of a character for a backslash (GBK 0x8B 0x5C)", () => {
    expect(decode("GBK", "\x8b\x5c\x5ca", "LO")).toBe("媆\\a");
    expect(decode("GB18030", "\x8b\x5c\x5ca", "LO")).toBe("媆\\a");
  });

  it("has a yen sign in ISO-IR 13 where a backslash parts no values (PS3.5 6.1.2.3)", () => {
    expect(decode("ISO_IR 13", "\xb1\x5c\xb2", "LT")).toBe("ｱ¥ｲ");
    expect(decode("ISO_IR 13", "\xb1\x5c\xb2", "LO")).toBe("ｱ\\ｲ");
    expect(decode("ISO_IR 13", "a\x5c\x7e", "LT")).toBe("a¥‾");
    expect(decode("ISO_IR 13", "a\x5c\x7e", "CS")).toBe("a\\~");
  });

  it("is Latin-1 in VRs that (0008,0005) does not apply to", () => {
    expect(decode("ISO_IR 192", "\xc3\xa9", "CS")).toBe("\xc3\xa9");
  });
});

describe("text with code extensions", () => {
  it.each([
    [
      "PS3.5 H.3.1",
      "\\ISO 2022 IR 87",
      "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
      "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ],
    [
      "PS3.5 H.3.2",
      "ISO 2022 IR 13\\ISO 2022 IR 87",
      "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
      "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    ],
    [
      "PS3.5 I.2",
      "\\ISO 2022 IR 149",
      "Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
      "Hong^Gildong=洪^吉洞=홍^길동",
    ],
    [
      "PS3.5 K.2",
      "\\ISO 2022 IR 58",
      "Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=",
      "Zhang^XiaoDong=张^小东=",
    ],
    [
      "JIS X 0212",
      "\\ISO 2022 IR 87\\ISO 2022 IR 159",
      "\x1b$(D\x30\x21\x1b(B^\x1b$B;3\x1b(B",
      "丂^山",
    ],
    ["two of 8 bits", "ISO 2022 IR 100\\ISO 2022 IR 144", "\xe9\x1b-L\xbb\xee^\xe9", "éЛю^é"],
  ])("is decoded: %s", (_, characterSets, latin1, text) => {
    expect(decode(characterSets, latin1)).toBe(text);
  });

  it("does not take half of a character for a backslash (JIS X 0208 0x3C 0x5C)", () => {
    expect(decode("\\ISO 2022 IR 87", "\x1b$B\x3c\x5c\x1b(B\x5ca", "LO")).toBe("尺\\a");
  });

  it("has the punctuation of JIS as Unicode's tables have it, not Microsoft's", () => {
    expect(decode("\\ISO 2022 IR 87", "\x1b$B\x21\x41\x21\x5d\x1b(B")).toBe("〜−");
  });

  it("begins anew at a delimiter (PS3.5 6.1.2.5.3)", () => {
    expect(decode("ISO 2022 IR 100\\ISO 2022 IR 126", "\x1b-F\xc4\\\xc4", "LO")).toBe("Δ\\Ä");
    expect(decode("ISO 2022 IR 100\\ISO 2022 IR 126", "\x1b-F\xc4\r\n\xc4", "LT")).toBe("Δ\r\nÄ");
    expect(decode("ISO 2022 IR 100\\ISO 2022 IR 126", "\x1b-F\xc4^\xc4", "PN")).toBe("Δ^Ä");
  });

  it("does not begin anew at a backslash that is text", () => {
    expect(decode("\\ISO 2022 IR 149", "\x1b$)C\xfb\xf3\\\xd1\xce", "LT")).toBe("洪\\吉");
  });

  it("goes on behind a delimiter of a name where nothing else makes sense", () => {
    // The second \x1b$)C, which PS3.5 6.1.2.5.3 wants, is missing.
    expect(decode("\\ISO 2022 IR 149", "\x1b$)C\xfb\xf3^\xd1\xce\xd4\xd7")).toBe("洪^吉洞");
  });

  it("is followed where (0008,0005) has not announced it", () => {
    expect(decode("\\ISO 2022 IR 87", "\x1b$B;3ED\x1b(J^a")).toBe("山田^a");
  });

  it("is not where (0008,0005) allows none: the escape sequence stays", () => {
    expect(decode("ISO_IR 100", "\x1b$B;3\x1b(B")).toBe("\x1b$B;3\x1b(B");
  });

  it.each(["ISO 2022 IR 100", "\\ISO 2022 IR 87", "ISO 2022 IR 149"])(
    "survives an escape sequence of nothing, and half a character: %s",
    (characterSets) => {
      expect(decode(characterSets, "a\x1b&z\xe9")).toBe("a\x1b&zé");
      expect(decode(characterSets, "b\x1b$(D\x30\x1b(B")).toMatch(/^b.*\ufffd/);
    },
  );

  it("has ASCII where a multi-byte set stands first, against PS3.3 C.12.1.1.2", () => {
    expect(decode("ISO 2022 IR 87", "Yamada^\x1b$B;3\x1b(B")).toBe("Yamada^山");
    expect(decode("ISO 2022 IR 149", "Hong^\xfb\xf3")).toBe("Hong^洪");
  });
});

describe("text that is written", () => {
  it("is ASCII if it can be", () => {
    expect(encodeText("Doe^Jane")).toEqual({ bytes: bytesOf("Doe^Jane"), characterSet: undefined });
  });

  it("is UTF-8 if it has to be", () => {
    const { bytes, characterSet } = encodeText("Müller^王😀");
    expect(characterSet).toBe("ISO_IR 192");
    expect(decodeText(bytes, parseCharacterSets([characterSet as string]), "PN")).toBe(
      "Müller^王😀",
    );
  });

  it("is refused if it is half of a character", () => {
    expect(() => encodeText("a\ud83d")).toThrow(
      expect.objectContaining({ code: "BAD_CHARACTER_SET" }),
    );
  });
});
