import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The golden vectors beside the checkout. */
export const VECTORS = fileURLToPath(new URL("../../../shared/vectors", import.meta.url));

/** Paths of all vectors below {@link VECTORS}. */
export const vectorFiles: string[] = readdirSync(VECTORS, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
  .map((entry) => relative(VECTORS, join(entry.parentPath, entry.name)))
  .sort();
