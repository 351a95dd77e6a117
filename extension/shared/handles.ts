/**
 * What handles to dropped files and folders can do in Chromium. TypeScript does not know it, because no other browser
 * has it.
 */
import type { Root } from "./messages.ts";

interface AskableHandle {
  queryPermission(wanted: { mode: "read" }): Promise<PermissionState>;
  requestPermission(wanted: { mode: "read" }): Promise<PermissionState>;
}

interface HandleItem {
  getAsFileSystemHandle?(): Promise<Root | null>;
}

/** Whether the browser lets us read through this handle without asking anybody. */
export async function mayRead(handle: Root): Promise<boolean> {
  return (await askable(handle).queryPermission({ mode: "read" })) === "granted";
}

/** Has the browser ask the person; must be called straight out of a click. */
export async function askToRead(handle: Root): Promise<boolean> {
  return (await askable(handle).requestPermission({ mode: "read" })) === "granted";
}

/**
 * The handle to something that was dropped, which outlives the page; nothing where the browser has none, or gives
 * none for this. Must be called inside the drop event.
 */
export async function grabHandle(item: DataTransferItem): Promise<Root | null> {
  try {
    return (await (item as HandleItem).getAsFileSystemHandle?.()) ?? null;
  } catch {
    return null;
  }
}

function askable(handle: Root): AskableHandle {
  return handle as unknown as AskableHandle;
}
