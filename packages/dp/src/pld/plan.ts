/**
 * What Chernoff's bound tells about an answer before it is known: the tilt, and how fine the grid has to be.
 *
 * Computed with points that stand for a loss well enough; no bound may rest on them.
 *
 * @module
 */
import { chernoffWindow, cumulantOf, type RepeatedPoints, tailTilts } from "./cumulant.js";
import { MIN_MASS } from "./discretize.js";
import { lossRange, type PrivacyLoss, type RepeatedPrivacyLoss } from "./privacy-loss.js";

/** Points that stand for a loss. */
export interface PlanningPoints extends RepeatedPoints {
  /** Ascending. */
  readonly losses: Float64Array;
  readonly masses: Float64Array;
  readonly atoms: PrivacyLoss["atoms"];
}

export interface Plan {
  /** The epsilon, roughly; it may be infinite. */
  readonly epsilon: number;
  /** The tilt that gives the best bound: losses count by e^(best * loss). */
  readonly best: number;
  /** The tilt to compute with. */
  readonly tilt: number;
}

const DENSITY_POINTS = 1000;

export function planningPoints({ loss, count }: RepeatedPrivacyLoss): PlanningPoints {
  const { densities, atoms } = loss;
  const points = densities.flatMap((density) => {
    const width = (density.to - density.from) / DENSITY_POINTS;
    return Array.from({ length: DENSITY_POINTS }, (_, i) => {
      const u = density.from + (i + 0.5) * width;
      return { loss: density.loss(u), mass: density.density(u) * width };
    });
  });
  // Ends without a mass would make all others vanish beside them, under a large tilt.
  const told = [...points, ...atoms].filter(({ mass }) => mass >= MIN_MASS);
  told.sort((a, b) => a.loss - b.loss);
  const losses = Float64Array.from(told, (point) => point.loss);
  const masses = Float64Array.from(told, (point) => point.mass);
  const [least, most] = lossRange(loss);
  const [first, last] = [losses[0]!, losses[losses.length - 1]!];
  return {
    count,
    least,
    most,
    losses,
    masses,
    atoms,
    cumulantAt: (tilt) => {
      const top = Math.max(tilt * first, tilt * last);
      let sum = 0;
      let mean = 0;
      let square = 0;
      for (let i = 0; i < losses.length; i++) {
        const weight = masses[i]! * Math.exp(tilt * losses[i]! - top);
        sum += weight;
        mean += weight * losses[i]!;
        square += weight * losses[i]! * losses[i]!;
      }
      mean /= sum;
      return {
        value: top + Math.log(sum),
        mean,
        variance: Math.max(0, square / sum - mean * mean),
      };
    },
  };
}

/** A plan for the epsilon of a delta, by Chernoff's bound alone: far off where single large losses are what matters. */
export function planForDelta(parts: readonly RepeatedPoints[], delta: number): Plan {
  // Chernoff: epsilon <= (K(t) - log delta) / t. Its derivative is 0 where t K'(t) - K(t) = -log delta; this grows.
  const best = findTilt((tilt) => {
    const { value, mean } = cumulantOf(parts, tilt);
    return tilt * mean - value + Math.log(delta);
  });
  if (best === 0) return { epsilon: Number.POSITIVE_INFINITY, best, tilt: best };
  const epsilon = Math.max(0, (cumulantOf(parts, best).value - Math.log(delta)) / best);
  return { epsilon, best, tilt: narrowest(parts, best, epsilon, delta) };
}

/** A plan for an epsilon and its delta, of which one is known roughly; delta may be left out. */
export function planAround(
  parts: readonly RepeatedPoints[],
  epsilon: number,
  delta?: number,
): Plan {
  // Chernoff: delta <= e^(K(t) - t epsilon).
  const best = findTilt((tilt) => cumulantOf(parts, tilt).mean - epsilon);
  const about = delta ?? Math.exp(cumulantOf(parts, best).value - best * epsilon);
  return { epsilon, best, tilt: narrowest(parts, best, epsilon, about) };
}

/** How much worse, as a log, than the delta itself its Chernoff bound may be: errors are 1e-13 of that (`cumulant.ts`). */
const LOOSER = 16.5;

/** Of tilts whose errors do not matter beside delta, from the best one on, that with the narrowest window. */
function narrowest(
  parts: readonly RepeatedPoints[],
  best: number,
  epsilon: number,
  delta: number,
): number {
  let found = best;
  let width = Number.POSITIVE_INFINITY;
  for (const part of [1, 0.85, 0.7, 0.55, 0.4, 0.25, 0.15, 0.08, 0.04, 0]) {
    const tilt = best * part;
    const isLoose = cumulantOf(parts, tilt).value - tilt * epsilon > Math.log(delta) + LOOSER;
    const window = chernoffWindow(parts, tilt, tailTilts(parts, tilt));
    if (part < 1 && (isLoose || window.to < epsilon)) break;
    // A lesser tilt has to be worth it.
    if (window.to - window.from < 0.8 * width) {
      found = tilt;
      width = window.to - window.from;
    }
  }
  return found;
}

/** No tilt beyond this is taken; a smaller one gives a bound too. */
const MAX_TILT = 1e7;

/** Where something that grows with the tilt passes 0, roughly: any tilt gives a bound. */
function findTilt(slope: (tilt: number) => number): number {
  let low = Math.log(1e-3);
  let high = Math.log(MAX_TILT);
  if (slope(Math.exp(low)) >= 0) return 0;
  while (high - low > 0.02) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp(high);
}

/**
 * An interval that is no wider, of which there is a whole number between the first and the last atom of a loss: of the
 * one that is taken most often.
 */
export function alignInterval(parts: readonly PlanningPoints[], interval: number): number {
  const [most] = parts.filter(({ atoms }) => atoms.length > 1).sort((a, b) => b.count - a.count);
  if (most === undefined) return interval;
  const losses = most.atoms.map(({ loss }) => loss);
  const distance = Math.max(...losses) - Math.min(...losses);
  return distance > interval ? distance / Math.ceil(distance / interval) : interval;
}

/**
 * Where to put the points of a grid: one of them on the heaviest atom, or at the mean (of e^-loss) of the heaviest two
 * intervals. Where nearly all losses are closer together than that, they can be drawn together nowhere else.
 */
export function gridOffset({ losses, masses, atoms }: PlanningPoints, interval: number): number {
  const heaviest = atoms.reduce((a, b) => (b.mass > a.mass ? b : a), { loss: Number.NaN, mass: 0 });
  const center = heaviest.mass > 0 ? heaviest.loss : centerOfHeaviest({ losses, masses }, interval);
  return center - Math.floor(center / interval) * interval;
}

function centerOfHeaviest(
  { losses, masses }: Pick<PlanningPoints, "losses" | "masses">,
  interval: number,
): number {
  let start = 0;
  let heaviest = 0;
  for (let i = 0, end = 0, mass = 0; i < losses.length; i++) {
    for (; end < losses.length && losses[end]! - losses[i]! < 2 * interval; end++) {
      mass += masses[end]!;
    }
    if (mass > heaviest) {
      heaviest = mass;
      start = losses[i]!;
    }
    mass -= masses[i]!;
  }
  let center = start + interval;
  for (let round = 0; round < 5; round++) {
    let mass = 0;
    let moment = 0; // relative to the lower end
    for (let i = 0; i < losses.length; i++) {
      if (Math.abs(losses[i]! - center) >= interval) continue;
      mass += masses[i]!;
      moment += masses[i]! * Math.exp(center - interval - losses[i]!);
    }
    if (moment > 0) center -= interval + Math.log(moment / mass);
  }
  return center;
}
