/**
 * A confusion matrix as a picture.
 *
 * @module
 */
import type { ConfusionMatrix } from "../confusion-matrix.js";
import { renderSvg } from "./render-svg.js";
import {
  FONT_SIZE,
  type Label,
  labelMark,
  type PictureOptions,
  SMALL_FONT_SIZE,
  titleHeight,
  widthOf,
} from "./style.js";
import { fitText, printable, textWidth } from "./text-width.js";

export interface MatrixPicture extends PictureOptions {
  /** Rows are true classes, columns predicted ones. */
  readonly confusionMatrix: ConfusionMatrix;
  /** Names, in the order of the matrix. */
  readonly classes: readonly string[];
  /** Shares of each true class, with two decimals, instead of counts. Default false. */
  readonly normalize?: boolean;
}

/** A plot is at most this wide, however few classes there are. */
const MOST = 460;
const RIGHT = 16;

/**
 * Draws a matrix. The darker a cell, the greater its share of the true class, so that rare classes are seen too; a class
 * without examples has a white row, and with `normalize` a dash in each cell.
 *
 * @throws {@link RangeError} for a matrix that is not as wide and high as there are classes, or a width out of range
 */
export async function matrixSvg(options: MatrixPicture): Promise<string> {
  const { confusionMatrix, classes, title, normalize = false } = options;
  const width = widthOf(options);
  const count = classes.length;
  if (count === 0) throw new RangeError("classes: expected one or more");
  if (confusionMatrix.length !== count || confusionMatrix.some((row) => row.length !== count)) {
    throw new RangeError(`confusionMatrix: expected ${count} rows of ${count} counts`);
  }
  // Tilted names are nearer to each other than cells. Of many they are smaller, and of very many not all are told.
  const distance = (0.62 * Math.min(MOST, 0.7 * width)) / count;
  const fontSize = Math.max(6, Math.min(SMALL_FONT_SIZE, distance));
  const step = Math.ceil(fontSize / distance);
  const names = classes.map((name) => fitText(printable(name), 0.3 * width, fontSize));
  const longest = Math.max(...names.map((name) => textWidth(name, fontSize)));
  const left = 36 + longest;
  const cell = Math.min(MOST, width - left - RIGHT) / count;
  const isTilted = longest > cell - 6;
  const below = isTilted ? longest * Math.SQRT1_2 + 10 : SMALL_FONT_SIZE;
  const size = cell * count;
  const cells = confusionMatrix.flatMap((row, i) => {
    const total = row.reduce((sum, number) => sum + number, 0);
    return row.map((number, j) => cellOf({ number, total, i, j, cell, normalize }));
  });
  const nameLabels = names.flatMap((text, i): Label[] => {
    const middle = (i + 0.5) * cell;
    const tilted = { x: middle + 4, y: size + 12, align: "right", angle: -45 } as const;
    const level = { x: middle, y: size + 8 + SMALL_FONT_SIZE / 2, align: "center" } as const;
    if (i % step !== 0) return [];
    return [
      { x: -8, y: middle, text, align: "right", fontSize },
      { text, fontSize, ...(isTilted ? tilted : level) },
    ];
  });
  const titles: Label[] = [
    label("True class", { x: -left + 14, y: size / 2, angle: -90 }),
    label("Predicted class", { x: size / 2, y: size + 8 + below + 20 }),
  ];
  return renderSvg({
    plot: { width: size, height: size },
    room: {
      left,
      right: width - left - size,
      top: 12 + titleHeight(title),
      bottom: below + 42,
    },
    title,
    description: "Confusion matrix: rows are true classes, columns predicted ones",
    data: [{ name: "cells", values: cells }],
    marks: [
      {
        type: "rect",
        from: { data: "cells" },
        encode: {
          enter: {
            x: { field: "x" },
            y: { field: "y" },
            width: { value: cell },
            height: { value: cell },
            fill: { field: "fill" },
            stroke: { value: "#BFBFBF" },
            strokeWidth: { value: 0.5 },
          },
        },
      },
      labelMark([...cellLabels(cells, cell), ...nameLabels, ...titles]),
    ],
  });
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly fill: string;
  readonly ink: string;
}

interface CellOptions {
  readonly number: number;
  /** Of the row. */
  readonly total: number;
  readonly i: number;
  readonly j: number;
  readonly cell: number;
  readonly normalize: boolean;
}

function cellOf({ number, total, i, j, cell, normalize }: CellOptions): Cell {
  const share = total === 0 ? 0 : number / total;
  const normalized = total === 0 ? "–" : share.toFixed(2);
  // From white to Okabe and Ito's blue, 0072B2: from 0.75 on, white letters have the 3:1 that WCAG 2 asks of large ones.
  const between = (to: number): number => Math.round(255 + (to - 255) * share);
  return {
    x: j * cell,
    y: i * cell,
    text: normalize ? normalized : String(number),
    fill: `rgb(${between(0)},${between(0x72)},${between(0xb2)})`,
    ink: share > 0.75 ? "#FFFFFF" : "#000000",
  };
}

/** All numbers in one size; none where cells are too small for it. */
function cellLabels(cells: readonly Cell[], cell: number): readonly Label[] {
  const widest = Math.max(...cells.map(({ text }) => textWidth(text, 1)));
  const fontSize = Math.min(16, 0.5 * cell, (cell - 8) / widest);
  if (fontSize < 6) return [];
  return cells.map(({ x, y, text, ink }) => ({
    x: x + cell / 2,
    y: y + cell / 2,
    text,
    align: "center",
    fontSize,
    fill: ink,
  }));
}

function label(text: string, place: Pick<Label, "x" | "y" | "angle">): Label {
  return { text, align: "center", fontSize: FONT_SIZE, ...place };
}
