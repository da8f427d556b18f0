/**
 * A line through points, in one of Vega's coordinate systems.
 *
 * @module
 */
import type { Data, Spec } from "vega";
import type { LineStyle } from "./style.js";

export interface LineSeries {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly line: LineStyle;
  /** Default: false. A single point is always drawn. */
  readonly hasPoints?: boolean;
}

/** Series as data and marks over the scales `x` and `y`; `name` makes their data's names unique. */
export function seriesMarks(
  series: readonly LineSeries[],
  name: string,
  { x = "x", y = "y" }: { readonly x?: string; readonly y?: string } = {},
): { readonly data: readonly Data[]; readonly marks: NonNullable<Spec["marks"]> } {
  const position = { x: { scale: x, field: "x" }, y: { scale: y, field: "y" } };
  return {
    data: series.map(({ points }, index) => ({ name: `${name}${index}`, values: [...points] })),
    marks: series.flatMap(({ points, line, hasPoints = false }, index) => {
      const from = { data: `${name}${index}` };
      const { stroke, strokeWidth, strokeDash } = line;
      const path = {
        type: "line" as const,
        from,
        encode: {
          enter: {
            ...position,
            stroke: { value: stroke },
            strokeWidth: { value: strokeWidth },
            strokeDash: { value: [...strokeDash] },
            strokeJoin: { value: "round" as const },
          },
        },
      };
      const dots = {
        type: "symbol" as const,
        from,
        encode: { enter: { ...position, size: { value: 30 }, fill: { value: stroke } } },
      };
      return hasPoints || points.length === 1 ? [path, dots] : [path];
    }),
  };
}
