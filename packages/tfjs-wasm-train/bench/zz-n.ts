import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { registerTrainingKernels } from "../src/index.js";
await tf.setBackend("wasm"); await tf.ready();
const stock = Object.fromEntries(["Conv2D","FusedConv2D"].map((k) => [k, tf.getKernel(k, "wasm").kernelFunc]));
registerTrainingKernels();
const be = tf.backend() as any;
const cpu = () => { const u = process.cpuUsage(); return (u.user+u.system)/1000; };
function time(f: () => any) { let best = Infinity; for (let i=0;i<8;i++){ const s=cpu(); for (let j=0;j<3;j++){ const o=f(); be.disposeData(o.dataId);} best=Math.min(best,(cpu()-s)/3);} return best; }
for (const [n,h,ci,k,co,pad] of [[64,28,1,5,6,"same"],[64,28,1,5,32,"same"],[32,64,3,3,16,"same"],[16,64,3,3,16,"same"],[16,64,2,3,16,"valid"],[16,64,4,3,16,"same"],[16,64,4,3,64,"same"],[16,64,1,3,64,"same"],[16,32,3,5,10,"valid"]] as any[]) {
  const x = tf.randomNormal([n,h,h,ci]), w = tf.randomNormal([k,k,ci,co]), b = tf.randomNormal([co]);
  const attrs = { strides:[1,1], pad, dataFormat:"NHWC", dilations:[1,1], activation:"relu" };
  const run = (f: any) => f({ inputs: { x, filter: w, bias: b }, attrs, backend: be });
  const mine = tf.getKernel("FusedConv2D","wasm").kernelFunc;
  const [o1,o2] = [run(mine), run(stock["FusedConv2D"])];
  const [a1,a2] = [be.readSync(o1.dataId), be.readSync(o2.dataId)];
  let d = 0; for (let i=0;i<a1.length;i++) d=Math.max(d,Math.abs(a1[i]-a2[i]));
  console.log(n,h,ci,k,co,pad,"err",d.toExponential(1), a1.length===a2.length, "own",time(()=>run(mine)).toFixed(2),"stock",time(()=>run(stock["FusedConv2D"])).toFixed(2));
}
const { inputGradientByProduct } = await import("../src/kernels/input-gradient-product.js");
const { convolutionGeometry } = await import("../src/kernels/convolution-geometry.js");
for (const [n,h,ci,k,co,pad] of [[64,14,6,5,16,"valid"],[62,14,6,5,16,"valid"],[16,16,32,3,32,"valid"],[16,12,16,5,32,"valid"]] as any[]) {
  const w = tf.randomNormal([k,k,ci,co]); const g = convolutionGeometry([n,h,h,ci],[k,k,ci,co],{strides:1,pad});
  const dy = tf.randomNormal(g.outShape as any);
  const a = () => inputGradientByProduct(be, dy, w, g);
  const oldf = tf.getKernel("Conv2DBackpropInput","wasm").kernelFunc as any;
  const b = () => (process.env["OLD"] ? conv : oldf)({ inputs: { dy, filter: w }, attrs: { strides: 1, pad, dataFormat: "NHWC", inputShape: [n,h,h,ci] }, backend: be });
  const [a1,a2] = [be.readSync(a().dataId), be.readSync(b().dataId)];
  let d = 0; for (let i=0;i<a1.length;i++) d=Math.max(d,Math.abs(a1[i]-a2[i]));
  const { isLessAsProduct } = await import("../src/kernels/input-gradient-product.js");
  console.log(n,h,ci,k,co,pad,"err",d.toExponential(1),isLessAsProduct(g),"product",time(a).toFixed(2),"kernel",time(b).toFixed(2));
}
