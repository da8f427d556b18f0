/**
 * Errors of the file system, told by the option that names the file: a path may name a patient.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";

/**
 * Does something with the file of an option.
 *
 * @throws {@link FlError} `BAD_CONFIG` with the option and the system's code, for an error of the file system; others as they are
 */
export async function withOptionName<T>(option: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    const why = `a file can't be read or written (${code ?? "unknown"})`;
    // The cause has the path.
    throw new FlError("BAD_CONFIG", `${option}: ${why}`);
  }
}
