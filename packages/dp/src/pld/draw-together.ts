/**
 * A privacy loss put onto a grid so that no delta is above the true one: each cell's mass goes down to its lower point,
 * and up to its upper one, by a share.
 *
 * What goes down raises the mean of t = e^-loss, what goes up lowers it. Let C be by how much the mean has been raised
 * in all cells above a cell. For an epsilon in this cell, delta has changed by -e^epsilon C for the cells above, and for
 * the cell itself by at most e^epsilon times what its mass lowers the mean of t by, on its way up. So it is enough that no
 * cell spends more than C. What is left of C at the end, though, is a loss too small in each step: to be avoided.
 *
 * @module
 */
import { type Cells, type GridLoss, MIN_MASS } from "./discretize.js";

export function drawTogether(cells: Cells): GridLoss {
  const { interval, offset, first, toLower, toUpper, onPoint } = cells;
  const count = toLower.length;
  const reserve = reserveOf(cells);
  const masses = onPoint.slice();
  const shrink = Math.exp(-interval);
  let carry = 0; // C, in units of (1 - e^-interval) e^-loss at the lower point
  for (let i = count - 1; i >= 0; i--) {
    carry *= shrink;
    const upper = toUpper[i]!;
    const lower = toLower[i]!;
    const mass = lower + upper;
    if (mass === 0) continue;
    // The share that goes down: so that what the cells below need is left, but with no more than C spent.
    const wanted = (reserve[i]! + lower - carry) / mass;
    const allowed = lower > 0 ? 1 - carry / lower : 0;
    const down = Math.min(1, Math.max(0, wanted, allowed));
    carry = Math.max(0, carry - (1 - down) * lower) + down * upper;
    masses[i] = masses[i]! + down * mass;
    masses[i + 1] = masses[i + 1]! + (1 - down) * mass;
  }
  return {
    interval,
    offset,
    first,
    masses: masses.map((mass) => (mass < MIN_MASS ? 0 : mass)),
    infinityMass: 0,
  };
}

/** What has to be left of C by each cell for the cells below to spend all of it: in the cell's units. */
function reserveOf({ interval, toLower, toUpper }: Cells): Float64Array {
  const reserve = new Float64Array(toLower.length);
  const growth = Math.exp(interval);
  let need = 0;
  for (let i = 0; i < toLower.length; i++) {
    need *= growth;
    reserve[i] = need;
    const upper = toUpper[i]!;
    const down = upper > 0 ? Math.min(1, need / upper) : 0;
    need += (1 - down) * toLower[i]! - down * upper;
  }
  return reserve;
}
