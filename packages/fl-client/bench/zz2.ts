import { registerTrainingKernels } from "@dsail/tfjs-wasm-train";
import "@tensorflow/tfjs-backend-cpu"; import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { seededRandom, normalOf } from "../src/seeded-random.js";
import { createModel } from "../src/tfjs/models/create-model.js";
import { initializeState } from "../src/tfjs/weights/initialize-state.js";
import { createLearner } from "../src/tfjs/training/learner.js";
registerTrainingKernels(); await tf.setBackend("wasm");
const model = createModel("lenet5", { numClasses: 10, inputShape: [28, 28, 1], normalization: "group" });
const random = seededRandom(1); const state = initializeState(model, random);
const N = 64;
const batch = { images: Float32Array.from({length: N*784}, () => normalOf(random)), labels: Int32Array.from({length:N},(_, i)=>i%10) };
const l = createLearner({ model, state, optimizer: {kind:"sgd"}, random, ...(process.argv[2] !== undefined && {dp: { noiseMultiplier: Number(process.argv[2]), maxGradNorm: 1, sampleRate: .01, expectedBatchSize: N, record: () => {}}})});
for (let i=0;i<5;i++){ try { console.log(i, await l.step(batch, {learningRate:.01}), tf.memory().numTensors);} catch(e){ console.log(i, (e as Error).message, (e as Error).stack!.split("\n").filter(x=>!x.includes("node_modules")).slice(0,14).join("\n")); break;} }
