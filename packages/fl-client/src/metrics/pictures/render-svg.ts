/**
 * A drawing as SVG. Vega is loaded only when a picture is asked for.
 *
 * @module
 */
import type { Spec } from "vega";
import { PICTURE_CONFIG } from "./style.js";
import { printable } from "./text-width.js";

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
    ...(title === undefined
      ? {}
      : { title: { text: printable(title), frame: "bounds", limit: plot.width, offset: 10 } }),
    data,
    scales,
    axes,
    marks,
  };
  const view = new View(parse(spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
