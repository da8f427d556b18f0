import * as tf from "@tensorflow/tfjs-core";
import { normalOf, seededRandom } from "../src/seeded-random.js";
import { selectBackend } from "../src/tfjs/backend/select-backend.js";
import { createModel } from "../src/tfjs/models/create-model.js";
import { createLearner } from "../src/tfjs/training/learner.js";
import { initializeState } from "../src/tfjs/weights/initialize-state.js";
const [name, b, mode, rounds="40", norm = "group"] = process.argv.slice(2);
await selectBackend({ backend: "wasm" });
const inputShape = (name === "lenet5" || name === "cnn" ? [28,28,1] : [64,64,3]) as [number,number,number];
const model = createModel(name!, { numClasses: 10, normalization: norm as "group", head: "plain", width: 1, inputShape });
const random = seededRandom(1);
const state = initializeState(model, random);
const size = Number(b);
const batch = { images: Float32Array.from({length: size*inputShape.reduce((a,c)=>a*c,1)}, () => normalOf(random)), labels: Int32Array.from({length:size},(_, n)=>n%10)};
const settings = { model, state, random, optimizer: { kind: "sgd" } } as const;
const dp = { noiseMultiplier: 1, maxGradNorm: 1, sampleRate: 0.01, expectedBatchSize: size, record: () => {} };
const learner = createLearner(mode === "dp" ? { ...settings, dp } : settings);
let log: [string, number][] = [];
if (process.env["KT"]) {
for (const k of tf.getKernelsForBackend("wasm")) {
  const f = k.kernelFunc;
  tf.unregisterKernel(k.kernelName, "wasm");
  tf.registerKernel({ ...k, kernelFunc: (a: any) => { const q = () => { const u = process.cpuUsage(); return (u.user+u.system)/1000; }; const t = q(); const r = f(a); const o = (Array.isArray(r)? r[0]: r) as any; log.push([k.kernelName+" "+Object.entries(a.inputs).map(([n,x]: any)=>Array.isArray(x)?"..":`${n}[${x?.shape}]`).join(",")+"->"+ (o?.shape), q()-t]); return r; } });
}
}
const mins: number[] = []; let names: string[] = []; const totals: number[] = []; const cpus: number[]=[];
for (let r = 0; r < Number(rounds) + 3; r++) {
  log = []; const t = performance.now(); const c = process.cpuUsage();
  await learner.step(batch, { learningRate: 1e-3 });
  const u = process.cpuUsage(c);
  if (r < 3) continue;
  totals.push(performance.now()-t); cpus.push((u.user+u.system)/1000);
  names = log.map(([n])=>n);
  log.forEach(([,d], i) => { mins[i] = Math.min(mins[i] ?? Infinity, d); });
}
totals.sort((a,b)=>a-b); cpus.sort((a,b)=>a-b);
console.log(`total min ${totals[0]!.toFixed(2)} median ${totals[totals.length>>1]!.toFixed(2)} cpu min ${cpus[0]!.toFixed(2)} median ${cpus[cpus.length>>1]!.toFixed(2)}; kernels sum of mins ${mins.reduce((a,b)=>a+b,0).toFixed(2)}`);
if (process.env["KT"]) names.forEach((n,i)=>{ if (mins[i]! > Number(process.env["KT"])) console.log(mins[i]!.toFixed(3), n); });
