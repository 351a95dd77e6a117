import type { ReadFailure } from "../common/index.ts";
import { readFailure } from "../hash/read-failure.ts";

/** Whether the file is still the one that was given out: the browser refuses to read it if it is not. */
export async function lookAt(file: Blob): Promise<ReadFailure | undefined> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return undefined;
  } catch (error) {
    return readFailure(error, true);
  }
}
