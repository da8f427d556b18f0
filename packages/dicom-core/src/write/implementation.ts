/**
 * Who writes files: (0002,0012) and (0002,0013).
 *
 * @module
 */

/** (0002,0012) Implementation Class UID of D-SAIL: a UUID under 2.25 (PS3.5 B.2), the same for all versions. */
export const IMPLEMENTATION_CLASS_UID = "2.25.96063603035148828177690276369864476405";

/** (0002,0013) Implementation Version Name, at most 16 characters. */
export const IMPLEMENTATION_VERSION_NAME = "DSAIL";
