/**
 * What clients may be called.
 *
 * @module
 */

/** Text that may stand in a log, a file name and a header. */
const ID = /^[A-Za-z0-9._:@-]{1,64}$/;

/** Whether it can be a client's id. */
export function isClientId(id: string): boolean {
  return ID.test(id);
}
