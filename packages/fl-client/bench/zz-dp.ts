import { registerTrainingKernels } from "@dsail/tfjs-wasm-train";
import "@tensorflow/tfjs-backend-cpu"; import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { seededRandom, normalOf } from "../src/seeded-random.js";
import { createModel } from "../src/tfjs/models/create-model.js";
import { initializeState } from "../src/tfjs/weights/initialize-state.js";
import { createLearner } from "../src/tfjs/training/learner.js";
registerTrainingKernels(); await tf.setBackend("wasm");
const [name="lenet5", b="64", n="20", mode=""] = process.argv.slice(2);
const size = name.startsWith("resnet") ? 64 : 28, ch = name.startsWith("resnet") ? 3 : 1;
const model = createModel(name, { numClasses: 10, inputShape: [size, size, ch], normalization: "group" });
const random = seededRandom(1); const state = initializeState(model, random);
const N = Number(b);
const batch = { images: Float32Array.from({length: N*size*size*ch}, () => normalOf(random)), labels: Int32Array.from({length:N},(_, i)=>i%10) };
const make = (noise: number|undefined) => createLearner({ model, state, optimizer: {kind:"sgd"}, random, ...(noise!==undefined && { dp: { noiseMultiplier: noise, maxGradNorm: 1, sampleRate: .01, expectedBatchSize: N, record: () => {} , ...(mode!=="" && {normMethod: mode as "ghost"})} }) });
const only = process.env["ONLY"]; const learners: Record<string, ReturnType<typeof make>> = only === undefined ? { plain: make(undefined), dp0: make(0), dp: make(1) } : { [only]: make(only === "plain" ? undefined : 1) };
const times: Record<string, number[]> = { plain: [], dp0: [], dp: [] };
for (let i = 0; i < Number(n) + 3; i++) for (const [k, l] of Object.entries(learners)) {
  const t = process.cpuUsage(); await l.step(batch, { learningRate: 0.001 }); const u = process.cpuUsage(t); if (i >= 3) times[k]!.push((u.user + u.system) / 1000); }
const med = (x: number[]) => x.slice().sort((a, c) => a - c)[x.length >> 1]!;
const ratio = (k: string) => med(times[k]!.map((x, i) => x / times["plain"]![i]!));
if (only === undefined) console.log(name, N, Object.entries(times).map(([k, v]) => `${k} ${med(v).toFixed(1)}`).join(" "), "ratios", ratio("dp0").toFixed(2), ratio("dp").toFixed(2), tf.memory().numTensors);
