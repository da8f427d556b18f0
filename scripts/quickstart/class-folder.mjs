/**
 * How `dsail-convert classify` names the folders of classes.
 *
 * @module
 */
const PREFIX = "PNG-";

/**
 * The label of a class's folder.
 *
 * @param {string} name
 */
export function labelOfFolder(name) {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}
