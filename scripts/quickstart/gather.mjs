/**
 * All files of all classes in one folder, as what is pseudonymized.
 *
 * @module
 */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";

/**
 * Copies `<from>/<class>/a/b.dcm` to `<to>/a-b.dcm`, or, where that name is taken, to `<to>/<class>-a-b.dcm`.
 *
 * @param {string} from
 * @param {string} to
 * @returns {number} how many files
 */
export function gather(from, to) {
  mkdirSync(to, { recursive: true });
  let count = 0;
  for (const name of readdirSync(from).sort()) {
    for (const path of readdirSync(join(from, name), { recursive: true }).map(String).sort()) {
      const file = join(from, name, path);
      if (!statSync(file).isFile()) continue;
      const flat = path.replaceAll(sep, "-");
      const target = existsSync(join(to, flat)) ? `${name}-${flat}` : flat;
      // Shares blocks where the file system can.
      copyFileSync(file, join(to, target), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      count++;
    }
  }
  return count;
}
