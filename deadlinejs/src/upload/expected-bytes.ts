import { hashBytes } from "../common/index.ts";

/**
 * The bytes of a slice in memory, if they have this hash: what is sent then is what was compared. Nothing if
 * they have another one.
 *
 * @throws what the reading throws
 */
export async function expectedBytes(slice: Blob, hash: string): Promise<Blob | undefined> {
  const bytes = await slice.arrayBuffer();
  return hashBytes(new Uint8Array(bytes)) === hash ? new Blob([bytes]) : undefined;
}
