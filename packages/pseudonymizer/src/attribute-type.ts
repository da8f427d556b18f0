/**
 * The type of an attribute: whether an object has to have it, and a value in it (PS3.5 7.4).
 *
 * @module
 */

/** A type of PS3.5 7.4; `absent` from the IOD; or `unknown`, since the IOD or the nesting is not known. */
export type AttributeType = "1" | "1C" | "2" | "2C" | "3" | "absent" | "unknown";
