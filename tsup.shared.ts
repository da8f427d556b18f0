/**
 * How a package is built: ESM with declarations, one file per entry and shared chunks.
 *
 * @module
 */
import type { Options } from "tsup";

/** The quickstart runs JavaScript only; declarations take most of a build's time. */
const declarations = process.env["DSAIL_BUILD_DTS"] !== "0";

/** @param entry - name in `dist/` (without ending) to source file */
export function library(entry: Record<string, string>): Options {
  return {
    entry,
    format: "esm",
    target: ["node20", "es2022"],
    // Neutral: esbuild takes no side, so a Node built-in stays an import of the entry that wrote it.
    platform: "neutral",
    external: [/^node:/],
    removeNodeProtocol: false,
    splitting: true,
    sourcemap: true,
    minify: false,
    clean: declarations,
    // Declarations name the published form of workspace packages, not their sources.
    dts: declarations ? { compilerOptions: { customConditions: [] } } : false,
  };
}
