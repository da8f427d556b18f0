/**
 * How a command ends.
 *
 * @module
 */

/** Nothing failed. */
export const EXIT_OK = 0;
/** A file was refused, or failed. */
export const EXIT_FAILED = 1;
/** The command was not understood, or cannot be done at all. */
export const EXIT_USAGE = 2;
/** Stopped by a signal: 128 and the number of SIGINT, as shells have it. */
export const EXIT_STOPPED = 130;
