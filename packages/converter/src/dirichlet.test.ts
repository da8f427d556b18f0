import { expect, it } from "vitest";
import { drawDirichlet } from "./dirichlet.js";
import { seededRandom } from "./seeded-random.js";

it.each([[[0.5, 0.5, 0.5]], [[0.1, 0.2]], [[5, 3, 2]], [[100, 1]]])(
  "has the mean and variance of Dirichlet(%j)",
  (concentrations) => {
    const random = seededRandom(11);
    const draws = Array.from({ length: 20_000 }, () => drawDirichlet(concentrations, random));
    const sum = concentrations.reduce((total, a) => total + a, 0);
    concentrations.forEach((a, i) => {
      const own = draws.map((draw) => draw[i] ?? 0);
      const mean = own.reduce((total, x) => total + x, 0) / own.length;
      const variance = own.reduce((total, x) => total + (x - mean) ** 2, 0) / own.length;
      expect(Math.abs(mean - a / sum)).toBeLessThan(0.015);
      // Closed form: a(s - a) / (s^2 (s + 1)).
      expect(Math.abs(variance / ((a * (sum - a)) / (sum ** 2 * (sum + 1))) - 1)).toBeLessThan(
        0.15,
      );
    });
  },
);

it("sums to 1 without a NaN, however small the concentration", () => {
  const random = seededRandom(4);
  for (let i = 0; i < 200; i++) {
    const draw = drawDirichlet([1e-6, 1e-6, 1e-6], random);
    expect(draw.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  }
});
