import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
const require = createRequire(import.meta.url);
require("/work/main/node_modules/.pnpm/@tensorflow+tfjs@4.22.0_seedrandom@3.0.5/node_modules/@tensorflow/tfjs/dist/tf.node.js");
import { fusedConvolution } from "./layers/fused-activation.js";
import { padOf } from "./layers/padding.js";
import { createModel, countParameters, MODEL_NAMES } from "./models/create-model.js";
await tf.setBackend("cpu");
const x=tf.randomNormal([2,6,6,3]) as tf.Tensor4D, w=tf.randomNormal([3,3,3,4]) as tf.Tensor4D,b=tf.randomNormal([4]) as tf.Tensor1D;
for (const [stride,padding] of [[1,1],[2,1],[1,0],[2,0]] as const){
const f=(x:tf.Tensor,w:tf.Tensor,b:tf.Tensor)=>tf.sum(tf.square(fusedConvolution(x as tf.Tensor4D,w as tf.Tensor4D,{bias:b as tf.Tensor1D,activation:"relu",isFirst:false,stride,pad:padOf({kernel:3,stride,padding})})));
const g=(x:tf.Tensor,w:tf.Tensor,b:tf.Tensor)=>tf.sum(tf.square(tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D,w as tf.Tensor4D,stride,padding),b))));
const a=tf.grads(f as any)([x,w,b]), c=tf.grads(g as any)([x,w,b]);
console.log(a.map((t,i)=>tf.max(tf.abs(tf.sub(t,c[i]!))).dataSync()[0]));}
for (const n of MODEL_NAMES) { const m = createModel(n,{numClasses:1000,inputShape:[28,28,n==="cnn"||n==="lenet5"?1:3]}); console.log(n,countParameters(m), m.state.length, m.state.at(-1)!.name, JSON.stringify(m.bodyGroups).slice(0,150)); }
