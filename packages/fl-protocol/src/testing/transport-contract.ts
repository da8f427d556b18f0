/**
 * What any transport must do. Of no test runner:
 *
 *     for (const { name, run } of transportContract()) it(name, () => run(makePair));
 *
 * @module
 */
import { endingCases } from "./ending-cases.js";
import { messageCases } from "./message-cases.js";
import { requestCases } from "./request-cases.js";
import type { TransportCase } from "./transport-case.js";
import { abilitiesOf, type WireAbilities } from "./wire-abilities.js";

/**
 * The cases for a wire of these abilities. A dialect that can't carry something says so; it is then only asked not to
 * get it wrong.
 */
export function transportContract(abilities: WireAbilities = {}): readonly TransportCase[] {
  const all = abilitiesOf(abilities);
  return [...messageCases(all), ...requestCases(all), ...endingCases(all)];
}
