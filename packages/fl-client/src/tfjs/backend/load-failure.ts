/**
 * Why an optional package could not be loaded, told without the paths that Node's messages are full of.
 *
 * @module
 */

/**
 * @param specifier - the package that was imported
 * @param error - what the import threw
 * @returns half a sentence about the package, to be read after its name or alone
 */
export function loadFailure(specifier: string, error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  if (missing === specifier) return `${specifier} is not installed`;
  // A bare name is a package; all else is a path.
  if (missing !== undefined && /^(?:@[\w.-]+\/)?[\w.-]+$/.test(missing)) {
    return `${specifier} lacks its package ${missing}`;
  }
  if (message.includes("tfjs_binding.node")) {
    return `${specifier} is installed without its native addon (tfjs_binding.node), as when its install script failed or was not run`;
  }
  const library = /(?:^|[\s/])([\w.+-]+): cannot open shared object file/.exec(message)?.[1];
  if (library !== undefined) return `${specifier} needs the library ${library}, which is not here`;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const kind = error instanceof Error ? error.name : "an error";
  return `${specifier} can't be loaded (${typeof code === "string" ? code : kind})`;
}
