/**
 * WebGPU: the browser's, or in Node that of Dawn (npm `webgpu`), which needs a driver of Vulkan, Metal or Direct3D 12.
 *
 * tfjs-backend-webgpu looks for `navigator.gpu` when it is imported. Node has none then, so
 * there the device is made here.
 *
 * @module
 */
import { findBackendFactory, type KernelBackend, registerBackend } from "@tensorflow/tfjs-core";
import { activateBackend } from "./activate-backend.js";
import { loadFailure } from "./load-failure.js";
import type { BackendAttempt } from "./selected-backend.js";

const BACKEND = "@tensorflow/tfjs-backend-webgpu";
const DAWN = "webgpu";

/** What is used of the packages and of WebGPU (W3C), whose types are not at hand where they are not installed. */
interface BackendModule {
  readonly WebGPUBackend: new (device: unknown, adapterInfo: unknown) => KernelBackend;
}
interface DawnModule {
  readonly create: (flags: readonly string[]) => Gpu;
  /** `GPUBufferUsage` and the like, which browsers have as globals. */
  readonly globals: object;
}
interface Gpu {
  readonly requestAdapter: (options: object) => Promise<Adapter | null>;
}
interface Adapter {
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
  };
  readonly requestDevice: (descriptor: object) => Promise<unknown>;
}

/** As tfjs-backend-webgpu asks a browser for. */
const ADAPTER_OPTIONS = { powerPreference: "high-performance" };
const LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
];

/** Makes WebGPU the current backend. */
export async function startWebGpu(
  importModule: (specifier: string) => Promise<unknown>,
): Promise<BackendAttempt> {
  let backend: BackendModule;
  try {
    backend = (await importModule(BACKEND)) as BackendModule;
  } catch (cause) {
    return { ok: false, why: loadFailure(BACKEND, cause), cause };
  }
  let gpu: Gpu;
  try {
    gpu = browserGpu() ?? installGpu((await importModule(DAWN)) as DawnModule);
  } catch (cause) {
    return { ok: false, why: loadFailure(DAWN, cause), cause };
  }
  const adapter = await gpu.requestAdapter(ADAPTER_OPTIONS);
  if (adapter === null) {
    return { ok: false, why: "WebGPU finds no graphics adapter, or none whose driver will do" };
  }
  // Nothing is awaited between looking and registering, so that two calls at a time make one device.
  if (findBackendFactory("webgpu") == null) {
    registerBackend("webgpu", () => createBackend(backend, gpu), 0);
  }
  if (!(await activateBackend("webgpu"))) return { ok: false, why: "WebGPU gives no device" };
  const { vendor, architecture, device, description } = adapter.info;
  const card = [description || device, vendor, architecture].filter((part) => part !== "");
  return { ok: true, name: "webgpu", reason: `WebGPU on ${card.join(", ") || "some adapter"}` };
}

function browserGpu(): Gpu | undefined {
  return (globalThis as { readonly navigator?: { readonly gpu?: Gpu } }).navigator?.gpu;
}

/** Puts Dawn where a browser has WebGPU, since the backend does nothing without `navigator.gpu` and the global constants. */
function installGpu(dawn: DawnModule): Gpu {
  // Another call may have been here while Dawn was loading.
  const present = browserGpu();
  if (present !== undefined) return present;
  const gpu = dawn.create([]);
  Object.assign(globalThis, dawn.globals);
  // Node has a navigator since 21.
  const navigator: object = (globalThis as { readonly navigator?: object }).navigator ?? {};
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  return gpu;
}

/** An adapter gives one device only (WebGPU §4.3.1), so that another is asked for. */
async function createBackend({ WebGPUBackend }: BackendModule, gpu: Gpu): Promise<KernelBackend> {
  const adapter = await gpu.requestAdapter(ADAPTER_OPTIONS);
  if (adapter === null) throw new Error("no adapter");
  const device = await adapter.requestDevice({
    requiredFeatures: ["timestamp-query", "bgra8unorm-storage"].filter((feature) =>
      adapter.features.has(feature),
    ),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  return new WebGPUBackend(device, adapter.info);
}
