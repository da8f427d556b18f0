/**
 * Profiles under which the corpus is pseudonymized.
 *
 * @module
 */
import type { PseudonymizationOptions } from "@dsail/pseudonymizer";
import { dsailRules } from "@dsail/pseudonymizer/dsail";

/** By name, what is asked for besides the Basic Profile. */
export const PROFILES: Readonly<Record<string, Omit<PseudonymizationOptions, "key">>> = {
  basic: {},
  research: {
    options: [
      "retainLongitudinalModifiedDates",
      "retainPatientCharacteristics",
      "cleanDescriptors",
    ],
  },
  private: { options: ["retainSafePrivate"] },
  most: {
    options: [
      "retainLongitudinalFullDates",
      "retainPatientCharacteristics",
      "retainDeviceIdentity",
      "retainInstitutionIdentity",
      "retainUids",
      "retainSafePrivate",
      "cleanDescriptors",
      "cleanStructuredContent",
      "cleanGraphics",
    ],
  },
  "allow-list": { unlisted: "remove" },
  dsail: { rules: dsailRules(new Map(), true) },
};

/** @throws {@link RangeError} if there is none of that name */
export function profileNamed(name: string): Omit<PseudonymizationOptions, "key"> {
  const profile = PROFILES[name];
  if (profile === undefined) {
    throw new RangeError(`profile: expected one of ${Object.keys(PROFILES).join(", ")}`);
  }
  return profile;
}
