import type { Problem } from "./messages.ts";

/**
 * Nobody has said yet whether what was dropped under this label is to be sent. In English, because the engine host has no
 * messages: pages say it in their language, by its code.
 */
export function previewOpen(label: string): Problem {
  return {
    code: "preview-open",
    what: `A preview of ${label} is open in the workspace.`,
    next: "Press Upload or Cancel there, then try again.",
  };
}
