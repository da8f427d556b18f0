import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "./base64.js";

describe("base64", () => {
  // RFC 4648, section 10.
  it.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ])("has the test vectors of RFC 4648: %o", (text, base64) => {
    const bytes = new TextEncoder().encode(text);
    expect(encodeBase64(bytes)).toBe(base64);
    expect(decodeBase64(base64)).toEqual(bytes);
  });

  it("is Node's, of any length", () => {
    fc.assert(
      fc.property(fc.nat(40_000), fc.nat(255), (length, seed) => {
        const bytes = Uint8Array.from({ length }, (_, i) => i * 31 + seed);
        const base64 = encodeBase64(bytes);
        expect(base64).toBe(Buffer.from(bytes).toString("base64"));
        expect(Buffer.compare(decodeBase64(base64) as Uint8Array, bytes)).toBe(0);
      }),
    );
  });

  it("may be broken into lines", () => {
    expect(decodeBase64("Zm9v\r\nYmFy")).toEqual(new TextEncoder().encode("foobar"));
  });

  it.each(["Zg", "Zg=", "Z===", "Zm9*", "Zg==Zg==", " Zg==", "Zm9-"])("is not: %o", (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});
