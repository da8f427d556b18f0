/**
 * Modules in modules, with names as PyTorch composes them.
 *
 * @module
 */
import type { Module, StateEntry } from "./module.js";

/** Modules one after the other, by name; those without arrays may have any. */
export type NamedModules = readonly (readonly [name: string, module: Module])[];

/** Applies one after the other, as `Sequential`. */
export function sequential(children: NamedModules): Module {
  return {
    state: stateOfChildren(children),
    forward: (x, pass, prefix) =>
      children.reduce((y, [name, child]) => child.forward(y, pass, `${prefix}${name}.`), x),
  };
}

/** Modules named by their places: `0`, `1`, …. */
export function numbered(modules: readonly Module[], first = 0): NamedModules {
  return modules.map((module, i) => [String(first + i), module] as const);
}

/** The arrays of all, in their order. */
export function stateOfChildren(children: NamedModules): StateEntry[] {
  return children.flatMap(([child, { state }]) =>
    state.map((entry) => ({ ...entry, name: `${child}.${entry.name}` })),
  );
}
