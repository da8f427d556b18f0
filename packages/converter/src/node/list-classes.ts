/**
 * The files of a folder of classes.
 *
 * @module
 */
import { ConverterError } from "../errors.js";
import { assertPortable, type ListedFiles, listFiles } from "./list-files.js";
import { isManifestName } from "./manifest-files.js";

/**
 * Lists the files of `<folder>/…/<class>/…/<file>`, with `levels` folders above the class. Manifests in the folder itself, and in
 * those of sites (`levels` 2), are passed over.
 *
 * @throws {@link ConverterError} `BAD_INPUT` if a file is in no class, has a name not to be used everywhere, or cannot be read;
 * or if there is none
 */
export async function listClasses(folder: string, levels: number): Promise<ListedFiles> {
  const listed = await listFiles(folder);
  const paths = listed.paths.filter((path) => {
    const depth = path.split("/").length;
    return !isManifestName(path) || (depth > 1 && (depth > 2 || levels < 2));
  });
  if (paths.some((path) => path.split("/").length < levels + 2)) {
    throw new ConverterError("BAD_INPUT", "the input has a file that is in no class");
  }
  assertPortable(paths);
  if (paths.length === 0) throw new ConverterError("BAD_INPUT", "the input has no files");
  return { paths, skipped: listed.skipped };
}
