/**
 * What the lines of a picture are, below it, where it hides none of them.
 *
 * @module
 */
import type { Spec } from "vega";
import { FONT_SIZE, type Label, type LineStyle, labelMark } from "./style.js";
import { fitText, printable, textWidth } from "./text-width.js";

export interface LegendEntry {
  /** Cut where there is no room. */
  readonly name: string;
  /** After the name, never cut. */
  readonly remark?: string;
  /** None: a line of text alone. */
  readonly line?: LineStyle;
  readonly hasPoints?: boolean;
}

interface Legend {
  readonly height: number;
  /** @param y - of its upper edge, from that of the plot */
  readonly marksAt: (x: number, y: number) => NonNullable<Spec["marks"]>;
}

const SAMPLE = 32;
const GAP = 8;
const ROW = 20;

/** As many columns, up to three, as all entries fit in without a cut. */
export function legendOf(entries: readonly LegendEntry[], width: number): Legend {
  const texts = entries.map(({ name, remark = "" }) => `${printable(name)}${remark}`);
  const widest = Math.max(0, ...texts.map((text) => textWidth(text, FONT_SIZE)));
  const needed = SAMPLE + GAP + widest + 2 * GAP;
  const columns = Math.max(1, Math.min(3, Math.floor(width / needed), entries.length));
  const rows = Math.ceil(entries.length / columns);
  const placeOf = (index: number): { readonly x: number; readonly y: number } => ({
    x: Math.floor(index / rows) * (width / columns),
    y: (index % rows) * ROW + ROW / 2,
  });
  return {
    height: rows * ROW,
    marksAt: (left, top) => {
      const labels = entries.map(({ name, remark = "", line }, index): Label => {
        const { x, y } = placeOf(index);
        const indent = line === undefined ? 0 : SAMPLE + GAP;
        const room = width / columns - indent - textWidth(remark, FONT_SIZE);
        const text = `${fitText(printable(name), room, FONT_SIZE)}${remark}`;
        return { x: left + x + indent, y: top + y, text, fontSize: FONT_SIZE };
      });
      const samples = entries.flatMap(({ line, hasPoints }, index) => {
        if (line === undefined) return [];
        const { x, y } = placeOf(index);
        return sampleMarks(line, hasPoints === true, left + x, top + y);
      });
      return [...samples, labelMark(labels)];
    },
  };
}

function sampleMarks(
  line: LineStyle,
  hasPoints: boolean,
  x: number,
  y: number,
): NonNullable<Spec["marks"]> {
  const rule = {
    type: "rule" as const,
    encode: {
      enter: {
        x: { value: x },
        x2: { value: x + SAMPLE },
        y: { value: y },
        stroke: { value: line.stroke },
        strokeWidth: { value: line.strokeWidth },
        strokeDash: { value: [...line.strokeDash] },
      },
    },
  };
  const point = {
    type: "symbol" as const,
    encode: {
      enter: {
        x: { value: x + SAMPLE / 2 },
        y: { value: y },
        size: { value: 30 },
        fill: { value: line.stroke },
      },
    },
  };
  return hasPoints ? [rule, point] : [rule];
}
