/**
 * What the bin's exit code says.
 *
 * @module
 */

/** All rounds are done. */
export const EXIT_OK = 0;
/** The run ended before. */
export const EXIT_FAILED = 1;
/** It never began: options, a config, files or an address are wrong. */
export const EXIT_USAGE = 2;
/** Ended by a signal; what is done is on the disk. */
export const EXIT_STOPPED = 130;
