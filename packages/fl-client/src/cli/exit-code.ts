/**
 * What the bin's exit code says.
 *
 * @module
 */

/** The server said that the run is over. */
export const EXIT_OK = 0;
/** It ended before: refused, out of reach, or broken. Or a file of the site's could not be written. */
export const EXIT_FAILED = 1;
/** It never began: options, files or the address are wrong. */
export const EXIT_USAGE = 2;
/** Ended by a signal. */
export const EXIT_STOPPED = 130;
