import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { registerTrainingKernels } from "../src/index.js";
import { networks } from "./networks.js";
import { createTrainingStep } from "./training-step.js";

registerTrainingKernels();
const times: Record<string, [number, number]> = {};
const depth: number[] = [];
for (const k of tf.getKernelsForBackend("wasm")) {
  const f = k.kernelFunc as any;
  tf.unregisterKernel(k.kernelName, "wasm");
  tf.registerKernel({
    ...k,
    kernelFunc: ((a: any) => {
      const s = performance.now();
      depth.push(0);
      const r = f(a);
      const t = performance.now() - s;
      const inner = depth.pop()!;
      if (depth.length) depth[depth.length - 1]! += t;
      const e = (times[k.kernelName] ??= [0, 0]);
      e[0] += t - inner;
      e[1]++;
      const p = (times["~" + k.kernelName] ??= [0, 0]);
      p[0] += t;
      p[1]++;
      return r;
    }) as any,
  });
}
await tf.setBackend("wasm");
await tf.ready();
for (const n of networks.filter((n) => (process.argv[2] ?? n.name).split(",").includes(n.name))) {
  const s = createTrainingStep(n);
  const all: number[] = [];
  for (let i = 0; i < 4; i++) s.step();
  for (const k in times) delete times[k];
  const count = Number(process.argv[3] ?? 10);
  let l = 0;
  for (let i = 0; i < count; i++) {
    const t = performance.now();
    l = s.step();
    all.push(performance.now() - t);
  }
  all.sort((a, b) => a - b);
  console.log(
    n.name,
    s.parameters,
    "median",
    all[all.length >> 1]!.toFixed(1),
    "min",
    all[0]!.toFixed(1),
    "loss",
    l,
  );
  const total = Object.entries(times)
    .filter(([k]) => k[0] !== "~")
    .sort((a, b) => b[1][0] - a[1][0]);
  console.log(
    total
      .slice(0, 14)
      .map(
        ([k, [t, c]]) =>
          `${k} ${(t / count).toFixed(2)} (${(times["~" + k]![0] / count).toFixed(2)}) x${c / count}`,
      )
      .join("\n"),
  );
  console.log("kernels", (total.reduce((s, [, [t]]) => s + t, 0) / count).toFixed(1));
  s.dispose();
}
