/**
 * A drawing as SVG. Vega is loaded only when a picture is asked for.
 *
 * @module
 */
import type { Spec } from "vega";
import { type Label, labelMark, PICTURE_CONFIG, TITLE_FONT_SIZE } from "./style.js";
import { fitText, printable } from "./text-width.js";

/** From the edge of the picture to its title. */
const EDGE = 8;

/** A drawing: what Vega draws, and the room around it. */
export interface Drawing extends Pick<Spec, "data" | "scales" | "axes" | "marks"> {
  /** Of the plot, without the room around it; pixels. */
  readonly plot: { readonly width: number; readonly height: number };
  readonly room: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly title: string | undefined;
  /** For those who can't see it. */
  readonly description: string;
}

/** @returns the text of an SVG file; all names in it are escaped */
export async function renderSvg(drawing: Drawing): Promise<string> {
  const { View, parse } = await import("vega");
  const { plot, room, title, description, data = [], scales = [], axes = [], marks = [] } = drawing;
  const spec: Spec = {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    description,
    background: "white",
    width: plot.width,
    height: plot.height,
    padding: room,
    autosize: "none",
    config: PICTURE_CONFIG,
    data,
    scales,
    axes,
    marks: title === undefined ? marks : [...marks, labelMark([titleLabel(title, drawing)])],
  };
  const view = new View(parse(spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

/** At the left edge of the picture: Vega's own titles start at that of the widest text, whose width it guesses. */
function titleLabel(title: string, { plot, room }: Drawing): Label {
  const width = room.left + plot.width + room.right - 2 * EDGE;
  const text = fitText(printable(title), width, TITLE_FONT_SIZE);
  return { x: EDGE - room.left, y: 20 - room.top, text, fontSize: TITLE_FONT_SIZE };
}
