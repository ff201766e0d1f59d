/** Keys that let the server tell a request sent again from a new one. */

export interface Once {
  key: string;
  content: string;
}

/** The key for sending `content`: the last one if the same is sent again, else a new one. */
export function onceFor(last: Once | null, content: string): Once {
  return last?.content === content ? last : { key: newKey(), content };
}

/** What tells files apart without reading them. */
export function filesTold(files: readonly File[]): string {
  return files.map((file) => `${file.name}:${file.size}:${file.lastModified}`).join("|");
}

// crypto.randomUUID is missing on plain http addresses.
function newKey(): string {
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return [...parts].map((part) => part.toString(36)).join("-");
}
