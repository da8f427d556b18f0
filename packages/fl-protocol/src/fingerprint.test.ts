import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { fingerprintOf } from "./fingerprint.js";
import type { ModelParameters, NamedTensor } from "./tensor.js";
import { everyTensor } from "./testing/sample-messages.js";

const floats = (name: string, ...values: number[]): NamedTensor => ({
  name,
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});

it("is the SHA-256 of specs and bytes", () => {
  const expected = createHash("sha256")
    .update('dsail-parameters-1\n["w","float32",[2]]\n')
    .update(Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40))
    .update('["n","uint8",[]]\n')
    .update(Uint8Array.of(7))
    .digest("hex");
  const count: NamedTensor = { name: "n", dtype: "uint8", shape: [], data: Uint8Array.of(7) };
  expect(fingerprintOf([floats("w", 1, 2), count])).toBe(expected);
});

it("is the same for the same parameters, wherever they are in memory", () => {
  const data = Float32Array.of(9, 1, 2).subarray(1);
  const view: NamedTensor = { name: "w", dtype: "float32", shape: [2], data };
  expect(fingerprintOf([view])).toBe(fingerprintOf([floats("w", 1, 2)]));
});

it("is another for everything that is different", () => {
  const all: readonly ModelParameters[] = [
    [],
    [floats("w", 0, 1)],
    [floats("w", -0, 1)],
    [floats("w", 1, 0)],
    [floats("v", 0, 1)],
    [floats("w", 0), floats("w", 1)],
    [floats("w", 0, 1), floats("e")],
    [floats("e"), floats("w", 0, 1)],
    [{ name: "w", dtype: "float32", shape: [2, 1], data: Float32Array.of(0, 1) }],
    [{ name: "w", dtype: "complex64", shape: [1], data: Float32Array.of(0, 1) }],
    everyTensor(["float32"]),
  ];
  expect(new Set(all.map(fingerprintOf)).size).toBe(all.length);
});
