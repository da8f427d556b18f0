import { describe, expect, it } from "vitest";
import { fitText, textWidth } from "./text-width.js";

describe("textWidth", () => {
  it("counts an accent as nothing, and an ideogram as a square", () => {
    expect(textWidth("é", 12)).toBe(textWidth("e", 12));
    expect(textWidth("肺", 12)).toBe(12);
  });
});

describe("fitText", () => {
  it("cuts a text that is too long, between letters", () => {
    expect(fitText("short", 100, 12)).toBe("short");
    const cut = fitText("a name that goes on and on", 100, 12);
    expect(cut).toMatch(/^a name.*[^ ]…$/);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(100);
    expect(fitText("😀😀😀😀", 30, 12)).toBe("😀…");
  });
});
