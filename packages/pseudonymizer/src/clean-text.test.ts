import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCleanText, type DescriptorOptions } from "./clean-text.js";
import { fold } from "./fold.js";
import { SAFE_WORDS } from "./generated/safe-words.js";

/** Known besides those of the lists, which these tests need no more of than brain, head and contrast. */
const WORDS = ["t", "c", "b", "mm", "x", "te", "kontrast", "crâne"];

/** Of no list. */
const UNKNOWN = ["Zyxwv", "Quibblefax", "Öxyvärt", "山田"];

const NOBODY: ReadonlySet<string> = new Set();

const cleaned = (
  text: string,
  identifiers: readonly string[] = [],
  options: DescriptorOptions = {},
) => createCleanText({ words: WORDS, ...options })(text, new Set(identifiers));

const moderately = (text: string) => cleaned(text, [], { level: "moderate" });

describe("a cleaned text", () => {
  it.each([
    "brain",
    "BRAIN",
    "Brain Head",
    "brain, head; contrast",
    "brain/head+contrast",
    "brain_head-contrast",
    "brain (head) contrast",
    "brain: head=contrast",
    "brain\r\nhead\tcontrast",
  ])("keeps words that are known, with what is between them: %j", (text) => {
    expect(cleaned(text)).toBe(text);
  });

  it.each<readonly [string, string]>([
    ["Zyxwv brain", "brain"],
    ["brain Zyxwv", "brain"],
    ["brain Zyxwv head", "brain head"],
    ["brain_Zyxwv_head", "brain head"],
    ["brain (Dr. Quibblefax), head", "brain head"],
    ["Öxyvärt: brain", "brain"],
    ["山田 brain 太郎", "brain"],
    ["brainZyxwv head", "head"],
    ["brain’Zyxwv", "brain"],
  ])("drops words that are not, and leaves a space: %j", (text, left) => {
    expect(cleaned(text)).toBe(left);
  });

  it.each<readonly [string, string]>([
    ["[brain]", "brain"],
    ["  brain  ", "brain"],
    ["brain ----- head", "brain head"],
    ['brain"head', "brain head"],
    ["brain\\head", "brain head"],
    ["brain\u0000head\u001b[2J", "brain head"],
    ["brain^head", "brain head"],
  ])("has no signs but usual ones, and none at its ends: %j", (text, left) => {
    expect(cleaned(text)).toMatch(new RegExp(`^${left}`));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(cleaned(text)).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f"\\^[\]]/);
  });

  it("is empty where nothing is known, or nothing is there", () => {
    for (const text of ["", " ", "...", "Zyxwv", "Zyxwv^Quibblefax", "19640229", "\0"]) {
      expect(cleaned(text)).toBe("");
    }
  });

  it("does not look at case and accents, and keeps them", () => {
    for (const text of ["Kontrast", "KONTRAST", "Crâne", "crane", "CRÂNE", "cra\u0302ne"]) {
      expect(cleaned(text)).toBe(text);
    }
    expect(cleaned("Schädel", [], { words: ["SCHADEL"] })).toBe("Schädel");
    expect(cleaned("Fuß fuss", [], { words: ["fuß"] })).toBe("Fuß fuss");
  });

  it("keeps the words of the user's, and only where they are whole", () => {
    const words = ["Zyxwv", "Quibblefax 3000"];
    expect(cleaned("zyxwv zyxwvs zy", [], { words })).toBe("zyxwv");
    expect(cleaned("zyxwv")).toBe("");
  });
});

describe("identifiers", () => {
  it("are dropped, also where they are known words", () => {
    expect(cleaned("brain Head contrast", ["head"])).toBe("brain contrast");
    expect(cleaned("HEAD", ["head"])).toBe("");
    expect(cleaned("Crâne brain", ["crane"])).toBe("brain");
  });

  it("are dropped also where they are the user's own words, numbers, or parts of codes", () => {
    expect(cleaned("zyxwv brain", ["zyxwv"], { words: ["zyxwv"] })).toBe("brain");
    expect(cleaned("brain 47", ["47"])).toBe("brain");
    expect(cleaned("brain T1", ["t1"])).toBe("brain");
    expect(cleaned("brain head99 head", ["99"])).toBe("brain head");
    expect(cleaned("brain head3 T3", ["head"])).toBe("brain T3");
  });

  it("are dropped in moderate cleaning too", () => {
    const options = { level: "moderate" } as const;
    expect(cleaned("brain tse2d1", ["tse2d1"], options)).toBe("brain");
    expect(cleaned("brain tse2d1", ["tse"], options)).toBe("brain");
    expect(cleaned("brain 4711", ["4711"], options)).toBe("brain");
  });
});

describe("numbers", () => {
  it.each(["3", "12 mm", "512", "1.5", "2,5", "10-20", "3/4", "120"])(
    "of up to three digits stay: %s",
    (text) => {
      expect(cleaned(text)).toBe(text);
    },
  );

  it.each(["T1", "t2", "C5", "b1000", "B50", "3mm", "512x512", "1.5T", "T1/T2", "C5-C7", "3.0mm"])(
    "stay with known words: %s",
    (text) => {
      expect(cleaned(text)).toBe(text);
      expect(moderately(text)).toBe(text);
    },
  );

  it.each([
    "1000",
    "4711",
    "1985",
    "123456789",
    "C4711",
    "T2023",
    "brain4711",
    "Zyxwv1",
    "A0012345",
    "12Zyxwv",
    "1a2b3c4d5e",
  ])("of more, or with unknown words, go: %s", (text) => {
    expect(cleaned(text)).toBe("");
  });

  it.each([
    "12.03.1985",
    "12.3.85",
    "1985-03-12",
    "85-03-12",
    "12/03/85",
    "3/12/1985",
    "1985.03.12",
    "19850312",
    "12 03 1985",
    "12. 03. 1985",
    "12-03-85",
    "１２.０３.８５",
  ])("that may be a date go: %s", (text) => {
    for (const around of [text, `brain ${text}`, `(${text}) brain`, `brain, ${text}; head`]) {
      expect(cleaned(around)).not.toMatch(/\p{N}/u);
      expect(moderately(around)).not.toMatch(/\p{N}/u);
    }
  });

  it.each([
    "12. 3. 85",
    "12 03 85",
    "12,03,85",
    "12_03_85",
    "2023_05_12",
    "12'03'85",
    "12–03–85",
    "12\u201103\u201185",
    "12·03·85",
    "12|03|85",
    "١٢.٠٣.٨٥",
    "๑๒/๐๓/๒๘",
  ])("that may be a date written otherwise go: %s", (text) => {
    expect(cleaned(text)).not.toMatch(/\p{N}/u);
  });

  it.each(["12MAR85", "1MAY64", "02Jan64", "MAR1985"])(
    "that may be a date in a code go, also in moderate cleaning: %s",
    (text) => {
      expect(moderately(text)).not.toMatch(/\p{N}/u);
    },
  );

  it.each(["12:30", "12:30:45", "9:05", "112:30"])("that may be a time go: %s", (text) => {
    expect(cleaned(`brain ${text} head`)).toBe("brain head");
    expect(moderately(text)).toBe("");
  });

  it.each([
    "089 123 4567",
    "+49 (0)89 123-456",
    "(089) 12 34 56 78",
    "089/123456",
    "555-0123",
    "01.23.45.67.89",
    "123-456-789",
    "10.20.30.40",
  ])("that may be of a telephone, or a machine, go: %s", (text) => {
    expect(cleaned(`brain ${text}`)).toBe("brain");
    expect(moderately(`brain ${text}`)).toBe("brain");
  });

  it.each(["4711-22-1234", "2023-0012345", "20231105123", "A0012345", "1.2.840.10008.5.1.4"])(
    "that may be of an examination go: %s",
    (text) => {
      expect(cleaned(text)).toBe("");
    },
  );

  it.each(["C12-345-678", "T12 345 678", "B1234-567-890", "b1234b5678", "123x4567"])(
    "that may be of an examination, and begin with a known letter, go: %s",
    (text) => {
      expect(cleaned(text).replace(/\P{N}/gu, "").length).toBeLessThanOrEqual(6);
    },
  );

  it("that were not in a row are not made to be one", () => {
    expect(cleaned("123 Zyxwv 456 Zyxwv 789").replace(/\P{N}/gu, "").length).toBeLessThan(7);
  });
});

describe("addresses", () => {
  it.each([
    "carol.quibblefax@hospital-zyxwv.example",
    "quibblefax@brain.zyxwv",
    "http://zyxwv.quibblefax.example",
    "https://zyxwv:4711/quibblefax?id=4711",
    "http://10.20.30.40:8080",
  ])("go: %s", (text) => {
    const [address = "", ...rest] = cleaned(`head ${text} contrast`).split(" ");
    expect(address).toBe("head");
    expect(rest.join(" ")).not.toMatch(/zyxwv|quibblefax|carol|hospital-|@|:|\d/i);
    expect(rest.at(-1)).toBe("contrast");
  });

  it.each([
    "brain@zyxwv.zyxwv",
    "zyxwv@brain",
    "brain@head",
    "http://brain",
    "zyxwv://brain.zyxwv",
  ])("have no part next to their signs, though it is a known word: %s", (text) => {
    expect(cleaned(text)).toBe("");
  });

  it.each(["head.brain@zyxwv.zyxwv", "brain@zyxwv.head", "http://zyxwv.zyxwv/head/123"])(
    "go as a whole, also where there are known words in them: %s",
    (text) => {
      expect(cleaned(text)).toBe("");
    },
  );
});

describe("moderate cleaning", () => {
  it.each(["zq2d1", "qx2d", "C4711", "0815", "4711 brain"])(
    "keeps what strict drops: %s",
    (text) => {
      const words = WORDS.filter((word) => word !== "ep");
      expect(cleaned(text, [], { words })).not.toBe(text);
      expect(cleaned(text, [], { words, level: "moderate" })).toBe(text);
    },
  );

  it.each(["1985", "2023", "12345", "zyxwvu12", "zq2d1zq2d1", "Zyxwv", "A0012345"])(
    "drops years, long codes and unknown words: %s",
    (text) => {
      expect(moderately(text)).toBe("");
    },
  );
});

/** What a text may consist of, and more. */
const fragment = fc.oneof(
  fc.constantFrom(
    "brain",
    "Head",
    "CONTRAST",
    "kontrast",
    "Crâne",
    "T1",
    "b1000",
    "512x512",
    "3mm",
  ),
  fc.constantFrom(...UNKNOWN, "O'Zyxwv", "zyxwv@head.example", "http://zyxwv/head"),
  fc.constantFrom("3", "12", "512", "4711", "1985", "12.03.1985", "12:30", "１２", "²", "½", "Ⅷ"),
  fc.constantFrom("ℌead", "ﬁ", "cra\u0302ne", "İ", "\u0301", "\u200b", "\u00ad", "＼", "𝐁"),
);
const separator = fc.constantFrom(
  " ",
  "",
  "-",
  "_",
  "/",
  ", ",
  ". ",
  "@",
  "://",
  "\r\n",
  "----",
  "^",
);
const anyText = fc.oneof(
  fc
    .array(fc.tuple(fragment, separator), { maxLength: 12 })
    .map((pieces) => pieces.flat().join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const anyLevel = fc.constantFrom("strict", "moderate");

const runsOf = (text: string): readonly string[] => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
const known = new Set([
  ...Object.values(SAFE_WORDS).flatMap((list) => list.split(" ")),
  ...WORDS.map(fold),
]);

/** By the rules of `DescriptorOptions`, written down another way, and a little wider. */
function mayStay(word: string, level: "strict" | "moderate"): boolean {
  if (known.has(word)) return true;
  if (!/\p{N}/u.test(word)) return false;
  if (level === "moderate" && word.length <= 8) return true;
  const parts = word.split(/(\p{N}+)/u).filter((part) => part !== "");
  return parts.every((part) => (/\p{N}/u.test(part) ? part.length <= 4 : known.has(part)));
}

describe("whatever the text,", () => {
  it("what is left was there, in this order, and is a known word, a number or a code", () => {
    fc.assert(
      fc.property(anyText, anyLevel, (text, level) => {
        const before = runsOf(text);
        let at = 0;
        for (const run of runsOf(cleaned(text, [], { level }))) {
          at = before.indexOf(run, at) + 1;
          expect(at).toBeGreaterThan(0);
          expect(mayStay(fold(run), level)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("nothing is left of identifiers", () => {
    const identifiers = ["head", "crane", "3", "t", "1000", "zyxwv", "tse2d1"];
    fc.assert(
      fc.property(anyText, anyLevel, (text, level) => {
        const left = runsOf(cleaned(text, identifiers, { level })).map(fold);
        expect(left.filter((word) => identifiers.includes(word))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it("it does not get longer", () => {
    fc.assert(
      fc.property(anyText, anyLevel, (text, level) => {
        expect(cleaned(text, [], { level }).length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it("cleaning it twice is cleaning it once, if there are no numbers in it", () => {
    fc.assert(
      fc.property(anyText, anyLevel, (text, level) => {
        const once = cleaned(text.replace(/\p{N}/gu, ""), [], { level });
        expect(cleaned(once, [], { level })).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it("cleaning it twice is cleaning it once, also if there are", () => {
    const number = fc.constantFrom("brain", "Zyxwv", "123", "45");
    fc.assert(
      fc.property(fc.array(number, { maxLength: 20 }), (words) => {
        const once = cleaned(words.join(" "));
        expect(cleaned(once)).toBe(once);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});

describe("a megabyte", () => {
  const MEGABYTE = 1024 * 1024;

  it.each([
    "a",
    "1",
    "a1",
    "1 ",
    "1.",
    "1-",
    " ",
    ".",
    "@",
    "://",
    "brain ",
    "Zyxwv ",
    "\u0301",
    "١.",
  ])(
    "of %j takes no more than a moment",
    (piece) => {
      const text = piece.repeat(MEGABYTE / piece.length);
      const start = performance.now();
      createCleanText()(`brain ${text} head`, NOBODY);
      createCleanText({ level: "moderate" })(text, NOBODY);
      // What is quadratic would take many minutes.
      expect(performance.now() - start).toBeLessThan(10_000);
    },
    20_000,
  );
});
