/**
 * The files of a drop, those in folders too.
 *
 * @module
 */

/** All files, in the order of the drop. */
export async function droppedFiles(data: DataTransfer): Promise<readonly File[]> {
  // At once: after the first pause of this function the browser empties the list.
  const entries = [...data.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null); // texts and links
  const files = await Promise.all(entries.map(filesIn));
  return files.flat();
}

async function filesIn(entry: FileSystemEntry): Promise<readonly File[]> {
  if (entry.isFile) {
    return [await new Promise((done, fail) => (entry as FileSystemFileEntry).file(done, fail))];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // It gives a hundred at a time, and at last none.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) =>
      reader.readEntries(done, fail),
    );
    if (some.length === 0) return files;
    for (const child of some) files.push(...(await filesIn(child)));
  }
}
