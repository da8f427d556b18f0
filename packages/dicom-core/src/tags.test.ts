import { expect, it } from "vitest";
import { lookupTag, tagOfKeyword } from "./dictionary/lookup.js";
import * as Tag from "./tags.js";

const constants: readonly (readonly [string, number])[] = Object.entries(Tag);

it("names every fixed tag of PS3.6 2025b that has a keyword", () => {
  expect(constants.length).toBe(5291 - 88 - 7);
  expect(constants.filter(([keyword, tag]) => tagOfKeyword(keyword) !== tag)).toEqual([]);
  expect(constants.filter(([keyword, tag]) => lookupTag(tag)?.keyword !== keyword)).toEqual([]);
});

it("has the well-known ones, and none for repeating elements", () => {
  expect(Tag.PatientName).toBe(0x00100010);
  expect(Tag.PixelData).toBe(0x7fe00010);
  expect(Tag.Item).toBe(0xfffee000);
  expect(Tag).not.toHaveProperty("OverlayData");
});
