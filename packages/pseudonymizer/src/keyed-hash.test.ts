import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY } from "../test/keys.js";
import { keyedHash } from "./keyed-hash.js";

/** The same by other code: OpenSSL's. */
function opensslHash(key: Uint8Array, text: string | Uint8Array): Uint8Array {
  return Uint8Array.from(createHmac("sha256", key).update(text).digest().subarray(0, 16));
}

const anyKey = fc
  .uint8Array({ minLength: 32, maxLength: 200 }) // beyond 64 bytes RFC 2104 hashes the key first
  .filter((key) => key.some((byte) => byte !== key[0]));

describe("keyedHash", () => {
  it("is the first half of HMAC-SHA-256 as OpenSSL has it, for any key and bytes", () => {
    fc.assert(
      fc.property(anyKey, fc.uint8Array({ maxLength: 300 }), (key, bytes) => {
        expect(keyedHash(key)(bytes)).toEqual(opensslHash(key, bytes));
      }),
    );
  });

  it("takes text as UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(keyedHash(KEY)(text)).toEqual(opensslHash(KEY, text));
      }),
    );
  });

  it("begins anew with each text", () => {
    const hash = keyedHash(KEY);
    const first = hash("1.2.3").slice();
    hash("something else");
    expect(hash("1.2.3")).toEqual(first);
  });

  it("does not notice when the caller's key is wiped", () => {
    const key = KEY.slice();
    const hash = keyedHash(key);
    key.fill(0);
    expect(hash("1.2.3")).toEqual(opensslHash(KEY, "1.2.3"));
  });

  it("refuses a key that is too short", () => {
    expect(() => keyedHash(KEY.subarray(1))).toThrow(expect.objectContaining({ code: "BAD_KEY" }));
  });
});
