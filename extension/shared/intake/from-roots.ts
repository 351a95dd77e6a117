import type { Root } from "../messages.ts";
import { handleNode } from "./handle-node.ts";
import type { Intake } from "./intake.ts";
import { walk } from "./walk.ts";

/** What was dropped earlier, found again under the same paths; the browser must let us read through the handles. */
export function fromRoots(label: string, roots: readonly Root[]): Intake {
  return { label, items: walk(roots.map(handleNode)), roots: Promise.resolve([...roots]) };
}
