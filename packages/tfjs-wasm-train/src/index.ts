/**
 * The kernels that TensorFlow.js's wasm backend lacks, or has wrong or slow, for training; normalization and optimizer steps
 * that use them, and work on every other backend too.
 *
 * @module
 */
export { float32View, tensorChanged } from "./float-32-view.js";
export { registerGradients } from "./gradients/register-gradients.js";
export { type BatchNormResult, batchNormTraining } from "./normalization/batch-norm-training.js";
export { groupNorm, groupNormalize } from "./normalization/group-norm.js";
export { type AdamStep, adamStep } from "./optimizers/adam-step.js";
export { type SgdStep, sgdStep } from "./optimizers/sgd-step.js";
export { registerTrainingKernels } from "./register-training-kernels.js";
