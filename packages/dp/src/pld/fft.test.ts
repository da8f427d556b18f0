import { expect, it } from "vitest";
import { createRealTransform, transformError } from "./fft.js";

it.each([4, 8, 64])("is the sum that a Fourier transform is, and back (%i)", (length) => {
  const values = Float64Array.from({ length }, (_, i) => Math.sin(i * i) + i / length);
  const { forward, inverse } = createRealTransform(length);
  const { re, im } = forward(values);
  const sum = values.reduce((total, value) => total + Math.abs(value), 0);
  for (let k = 0; k <= length / 2; k++) {
    let real = 0;
    let imaginary = 0;
    values.forEach((value, i) => {
      real += value * Math.cos((2 * Math.PI * i * k) / length);
      imaginary -= value * Math.sin((2 * Math.PI * i * k) / length);
    });
    expect(Math.abs(re[k]! - real)).toBeLessThan(1e-13 * sum);
    expect(Math.abs(im[k]! - imaginary)).toBeLessThan(1e-13 * sum);
  }
  inverse({ re, im }).forEach((value, i) => {
    expect(Math.abs(value - values[i]!)).toBeLessThan(2 * transformError(length) * sum);
  });
});
