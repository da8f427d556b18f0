/**
 * Where an element stands.
 *
 * @module
 */
import type { DataElement, Dataset, Path, VR } from "@dsail/dicom-core";

/** An element where it stands, and the VR that it is treated as. */
export interface Place {
  readonly dataset: Dataset;
  readonly element: DataElement;
  readonly vr: VR;
  readonly path: Path;
}
