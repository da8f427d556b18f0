import { describe, expect, it } from "vitest";
import { KEY } from "../test/keys.js";
import { isPseudonymizerError } from "./errors.js";
import { assertKey, formatKey, generateKey, MIN_KEY_BYTES, parseKey } from "./key.js";

/** What a refusal says; fails if there is none. */
function refusal(work: () => unknown): { readonly code: string; readonly text: string } {
  try {
    work();
  } catch (error) {
    if (!isPseudonymizerError(error)) throw error;
    // All that a log could show: message, stack, own fields, cause.
    const fields = JSON.stringify(Object.entries(error));
    return { code: error.code, text: `${error.stack} ${fields} ${String(error.cause)}` };
  }
  throw new Error("nothing was refused");
}

const HEX = "00ff1122334455667788990a0b0c0d0e0f101112131415161718191a1b1c1d1e";

describe("parseKey", () => {
  it("reads 64 hexadecimal digits, upper and lower case, as 32 bytes", () => {
    const bytes = Uint8Array.from(Buffer.from(HEX, "hex"));
    expect(bytes.length).toBe(32);
    expect(parseKey(HEX)).toEqual(bytes);
    expect(parseKey(HEX.toUpperCase())).toEqual(bytes);
  });

  it.each(["\n", "\r\n", "  \n\n"])("lets the text end in %j", (end) => {
    expect(parseKey(`${HEX}${end}`)).toEqual(parseKey(HEX));
  });

  it("reads longer keys whole", () => {
    expect(parseKey(`${HEX}${HEX}ab`).length).toBe(65);
  });

  it.each([
    ["nothing", ""],
    ["a line end only", "\n"],
    ["one byte too few", HEX.slice(2)],
    ["half a byte too few", HEX.slice(1)],
    ["half a byte too many", `${HEX}a`],
    ["a digit that is none", `g${HEX.slice(1)}`],
    ["a space in the middle", `${HEX.slice(0, 32)} ${HEX.slice(32)}`],
    ["two lines", `${HEX}\n${HEX}`],
    ["a byte order mark", `\u00ef\u00bb\u00bf${HEX}`],
    ["a prefix", `0x${HEX}`],
    ["digits of another script", HEX.replace("1", "\u0661")],
    ["a passphrase", "correct horse battery staple correct horse battery staple correct"],
  ])("refuses %s", (_what, text) => {
    expect(refusal(() => parseKey(text)).code).toBe("BAD_KEY");
  });

  it("tells nothing of what it refuses, which may be a key with a slip in it", () => {
    for (const text of [`${HEX}x`, HEX.slice(2), `my key is ${HEX}`]) {
      const { text: told } = refusal(() => parseKey(text));
      for (let at = 0; at + 6 <= text.length; at++) {
        expect(told).not.toContain(text.slice(at, at + 6));
      }
      expect(told).not.toContain(`${text.length}`);
    }
  });
});

describe("formatKey", () => {
  it("writes what parseKey reads, on a line of its own", () => {
    expect(formatKey(KEY)).toMatch(/^[0-9a-f]{64}\n$/);
    expect(parseKey(formatKey(KEY))).toEqual(KEY);
  });
});

describe("generateKey", () => {
  it("gives as many bytes as a key needs, and others each time", () => {
    const keys = Array.from({ length: 100 }, () => generateKey());
    for (const key of keys) expect(key.length).toBe(MIN_KEY_BYTES);
    expect(new Set(keys.map(formatKey)).size).toBe(100);
    // Each bit is set in some keys and not in others: 8 * 32 chances of 2^-99 each to fail.
    for (let bit = 0; bit < 8 * MIN_KEY_BYTES; bit++) {
      const set = keys.filter((key) => ((key[bit >> 3]! >> (bit & 7)) & 1) === 1).length;
      expect(set).toBeGreaterThan(0);
      expect(set).toBeLessThan(100);
    }
  });
});

describe("assertKey", () => {
  it("takes 32 bytes and more", () => {
    expect(() => assertKey(KEY)).not.toThrow();
    expect(() => assertKey(new Uint8Array([...KEY, 1]))).not.toThrow();
  });

  it.each([
    ["an empty key", new Uint8Array()],
    ["31 bytes", KEY.subarray(1)],
    ["32 zeros, which nobody has generated", new Uint8Array(32)],
    ["64 times one byte", new Uint8Array(64).fill(0x61)],
  ])("refuses %s", (_what, key) => {
    expect(refusal(() => assertKey(key)).code).toBe("BAD_KEY");
  });
});
