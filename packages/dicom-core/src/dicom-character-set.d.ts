/** `dicom-character-set` 1.0.5 comes without types; this is what is used of it. */
declare module "dicom-character-set" {
  /**
   * Decodes text.
   *
   * @param specificCharacterSet - (0008,0005), values separated by backslashes
   * @throws Error if it is unknown, or an escape sequence is in none of its sets
   */
  export function convertBytes(
    specificCharacterSet: string,
    bytes: Uint8Array,
    options: { readonly vr?: string },
  ): string;
}
