/**
 * A curve as a picture: SVG, or PNG. Vega and resvg are loaded only here, and only when a picture is asked for.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname } from "node:path";
import type { Spec } from "vega";
import type { Curve } from "./curve.js";

/** A picture that cannot be made. */
export class PlotError extends Error {
  override readonly name = "PlotError";
}

/**
 * Writes a picture.
 *
 * @param path - ends in `.svg` or `.png`; a file that is there is replaced, whole
 * @throws {@link PlotError} for another ending, or a package that is not installed
 */
export async function writePlot(path: string, curve: Curve): Promise<void> {
  const format = extname(path).toLowerCase();
  if (format !== ".svg" && format !== ".png") {
    throw new PlotError("--plot: expected a file that ends in .svg or .png");
  }
  const vega = await load(() => import("vega"), "vega");
  const view = new vega.View(vega.parse(specOf(curve)), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  writeWhole(path, format === ".svg" ? `${svg}\n` : await pngOf(svg));
}

/** Pixels of a PNG for each unit of the drawing: sharp in print at 9 cm. */
const SCALE = 2;

/** The font of a PNG: the same on each machine, and there on one without any. As wide as Arial, which an SVG asks for too. */
const FONT = "Arimo, Helvetica, Arial, Liberation Sans, sans-serif";

async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await load(() => import("@resvg/resvg-js"), "@resvg/resvg-js");
  const require = createRequire(import.meta.url);
  const fontFiles = await load(
    async () => [
      require.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"),
      require.resolve("@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf"),
    ],
    "@expo-google-fonts/arimo",
  );
  const options = {
    background: "white",
    fitTo: { mode: "zoom", value: SCALE },
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: "Arimo" },
  } as const;
  return new Resvg(svg, options).render().asPng();
}

async function load<T>(load: () => Promise<T>, name: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new PlotError(`--plot needs ${name}: npm install ${name}`, { cause: error });
  }
}

function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, content, { flag: "wx" });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Blue of the palette of Okabe and Ito, which all can tell. */
const LINE = "#0072B2";
const BAND = "#56B4E9";

/** Between these, epsilon gets a logarithmic axis. */
const WIDE = 30;

function specOf({ against, title, subtitle, points }: Curve): Spec {
  const shown = points.filter(({ epsilon }) => Number.isFinite(epsilon));
  const values = shown.map(({ epsilon }) => epsilon);
  const isWide = Math.min(...values) > 0 && Math.max(...values) > WIDE * Math.min(...values);
  const domain = { data: "points", field: "epsilon" };
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    background: "white",
    width: 480,
    height: 300,
    padding: 12,
    title: {
      text: title,
      subtitle,
      anchor: "start",
      fontSize: 14,
      subtitleFontSize: 11,
      offset: 12,
    },
    config: {
      axis: {
        labelFont: FONT,
        labelFontSize: 11,
        titleFont: FONT,
        titleFontSize: 12,
        gridColor: "#e5e5e5",
      },
      title: { font: FONT, subtitleFont: FONT },
    },
    data: [{ name: "points", values: shown }],
    scales: [
      {
        name: "x",
        type: "linear",
        range: "width",
        domain: { data: "points", field: "x" },
        zero: against === "steps",
        nice: true,
      },
      isWide
        ? { name: "y", type: "log", range: "height", domain, nice: true }
        : { name: "y", type: "linear", range: "height", domain, nice: true, zero: true },
    ],
    axes: [
      {
        orient: "bottom",
        scale: "x",
        title: against === "steps" ? "steps" : "noise multiplier",
        grid: true,
      },
      { orient: "left", scale: "y", title: "epsilon (at most)", grid: true },
    ],
    marks: [
      ...(shown.every(({ lowerEpsilon }) => lowerEpsilon !== undefined)
        ? [
            {
              type: "area" as const,
              from: { data: "points" },
              encode: {
                enter: {
                  x: { scale: "x", field: "x" },
                  y: { scale: "y", field: "epsilon" },
                  y2: { scale: "y", field: "lowerEpsilon" },
                  fill: { value: BAND },
                  fillOpacity: { value: 0.5 },
                },
              },
            },
          ]
        : []),
      {
        type: "line",
        from: { data: "points" },
        encode: {
          enter: {
            x: { scale: "x", field: "x" },
            y: { scale: "y", field: "epsilon" },
            stroke: { value: LINE },
            strokeWidth: { value: 2 },
          },
        },
      },
    ],
  };
}
