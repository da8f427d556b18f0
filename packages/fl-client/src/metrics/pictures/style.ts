/**
 * How all pictures look: one font, colours that everyone can tell, and dashes for those who print in grey.
 *
 * @module
 */
import type { Axis, Config, Spec } from "vega";

/** What all pictures can be told. */
export interface PictureOptions {
  /** Pixels, 300 to 10,000; a PNG has two for each of them. Default 600. */
  readonly width?: number;
  /** Above the picture. Default: none, since papers have captions. */
  readonly title?: string;
}

/** @throws {@link RangeError} for a width that nothing fits in */
export function widthOf({ width = 600 }: PictureOptions): number {
  if (!(width >= 300 && width <= 10_000)) {
    throw new RangeError(`width: expected 300 to 10000, got ${width}`);
  }
  return width;
}

/** Arimo, which a PNG has, is as wide as the four after it. */
const FONT = "Arimo, Helvetica, Arial, Liberation Sans, Nimbus Sans, sans-serif";
export const FONT_SIZE = 13;
export const SMALL_FONT_SIZE = 12;
export const TITLE_FONT_SIZE = 15;

/** Colours of Okabe and Ito (2008), without the yellow, which is too pale for a line. */
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
const DASHES = [[], [7, 3], [2, 2], [7, 3, 2, 3]] as const;

/** For what is no data: a diagonal, a grid. */
const GREY = "#767676";
const PALE = "#E6E6E6";

/** The line of a series. */
export interface LineStyle {
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly strokeDash: readonly number[];
}

/** Lines 0 to 27 differ from each other, neighbours in colour and dash. */
export function lineStyle(index: number): LineStyle {
  return {
    stroke: COLOURS[index % COLOURS.length]!,
    strokeWidth: 2,
    strokeDash: DASHES[index % DASHES.length]!,
  };
}

/** The line to compare with. */
export const REFERENCE_LINE: LineStyle = { stroke: GREY, strokeWidth: 1, strokeDash: [4, 4] };

export const PICTURE_CONFIG: Config = {
  axis: {
    labelFont: FONT,
    labelFontSize: SMALL_FONT_SIZE,
    labelColor: "#000000",
    labelPadding: 5,
    titleFont: FONT,
    titleFontSize: FONT_SIZE,
    titleFontWeight: "normal",
    titleColor: "#000000",
    domainColor: "#000000",
    tickColor: "#000000",
    tickSize: 4,
    gridColor: PALE,
  },
};

/** A text of a picture, at a place of its own. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly align?: "left" | "center" | "right";
  readonly baseline?: "middle" | "top" | "alphabetic";
  /** Degrees, clockwise. */
  readonly angle?: number;
  readonly fontSize?: number;
  readonly fill?: string;
}

/** Texts as a mark of Vega. */
export function labelMark(labels: readonly Label[]): NonNullable<Spec["marks"]>[number] {
  return {
    type: "group",
    marks: labels.map((label) => ({
      type: "text" as const,
      encode: {
        enter: {
          x: { value: label.x },
          y: { value: label.y },
          text: { value: label.text },
          align: { value: label.align ?? "left" },
          baseline: { value: label.baseline ?? "middle" },
          angle: { value: label.angle ?? 0 },
          font: { value: FONT },
          fontSize: { value: label.fontSize ?? SMALL_FONT_SIZE },
          fill: { value: label.fill ?? "#000000" },
          limit: { value: 0 },
        },
      },
    })),
  };
}

/** An axis with marks at round numbers. `titleOffset` is from the axis to the middle of the title, in pixels. */
export function numberAxis(
  orient: "bottom" | "left",
  scale: string,
  title: string,
  format: Pick<Axis, "format" | "tickCount" | "values" | "tickMinStep" | "grid"> = {},
): Axis {
  return {
    orient,
    scale,
    title,
    labelLimit: 0,
    labelOverlap: true,
    ...(orient === "bottom" ? { titleY: 32 } : { titleX: -44 }),
    ...format,
  };
}

/** The height of a title above a picture. */
export function titleHeight(title: string | undefined): number {
  return title === undefined ? 0 : 28;
}
