/**
 * Documents in the place of encapsulated ones: of the same kind, with nothing in them.
 *
 * @module
 */

/**
 * A document of an even number of bytes.
 *
 * @param mimeType - MIME Type of Encapsulated Document (0042,0012)
 */
export function dummyDocument(mimeType: string | undefined): Uint8Array {
  const text = documentText(mimeType?.trim().toLowerCase());
  return new TextEncoder().encode(text.length % 2 === 0 ? text : `${text}\n`);
}

/** ASCII only. PS3.3 C.24.2 and the encapsulated IODs of A.45, A.85 and A.104 name these kinds. */
function documentText(mimeType: string | undefined): string {
  switch (mimeType) {
    case "application/pdf":
      return emptyPdf();
    case "text/xml":
      return '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>\n';
    case "model/stl":
      return "solid removed\nendsolid removed\n";
    case "model/obj":
    case "model/mtl":
      return "# removed\n";
    default:
      return "\0\0";
  }
}

/** One empty page (ISO 32000-1, 7.5): objects, then where each of them begins. */
function emptyPdf(): string {
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
  ];
  let text = "%PDF-1.4\n";
  let table = "0000000000 65535 f \n";
  for (const [i, object] of objects.entries()) {
    table += `${String(text.length).padStart(10, "0")} 00000 n \n`;
    text += `${i + 1} 0 obj${object}endobj\n`;
  }
  const count = objects.length + 1;
  return `${text}xref\n0 ${count}\n${table}trailer<</Size ${count}/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
}
