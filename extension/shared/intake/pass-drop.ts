/**
 * What was dropped on the popup goes to a workspace: a browser closes the popup whenever the focus moves, so it can keep
 * nothing. Handles and files are passed by reference; what they belong to is read by the workspace.
 */
import { grabHandle } from "../handles.ts";
import { DROPS_CHANNEL, drops, type Root } from "../messages.ts";
import { readMessage } from "../read-message.ts";
import { fromPicker } from "./from-picker.ts";
import { fromRoots } from "./from-roots.ts";
import { type Intake, labelFor } from "./intake.ts";

/** What outlives the page that it was dropped on. */
export interface PassableDrop {
  /** Handles to all of it; empty where the browser gives none for even one thing. */
  roots: Root[];
  /** The files, where there are no handles. */
  files: File[];
}

/**
 * Takes out of a drop what can be passed on. Must run inside the drop event.
 *
 * @returns `null` when nothing of it is a file; otherwise a promise that gives `null` when it cannot be passed on: a folder
 * in a browser without handles.
 */
export function grabPassable(transfer: Pick<DataTransfer, "items">): Promise<PassableDrop | null> | null {
  const handles: Promise<Root | null>[] = [];
  const files: File[] = [];
  let hasFolder = false;
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    handles.push(grabHandle(item));
    const file = item.getAsFile();
    if (item.webkitGetAsEntry()?.isDirectory || file === null) hasFolder = true;
    else files.push(file);
  }
  if (handles.length === 0) return null;
  return Promise.all(handles).then((roots) => {
    if (roots.every((root) => root !== null)) return { roots, files: [] };
    return hasFolder ? null : { roots: [], files };
  });
}

/** Gives it to a workspace, which `open` opens if there is none, and resolves when that has it. */
export async function passDrop(drop: PassableDrop, open: () => Promise<void>): Promise<void> {
  const channel = new BroadcastChannel(DROPS_CHANNEL);
  const taken = new Promise<void>((resolve) => {
    let receiver: string | undefined;
    channel.onmessage = ({ data }) => {
      const message = readMessage(drops, data);
      if (message?.type === "drop.ready" && receiver === undefined) {
        receiver = message.receiver;
        channel.postMessage({ type: "drop.give", receiver, ...drop });
      } else if (message?.type === "drop.taken" && message.receiver === receiver) resolve();
    };
  });
  channel.postMessage({ type: "drop.ask" });
  await open();
  await taken;
  channel.close();
}

/** Takes, from now on, what is dropped on the popup. */
export function receiveDrops(take: (intake: Intake) => void): void {
  const channel = new BroadcastChannel(DROPS_CHANNEL);
  const receiver = crypto.randomUUID();
  channel.onmessage = ({ data }) => {
    const message = readMessage(drops, data);
    if (message?.type === "drop.ask") channel.postMessage({ type: "drop.ready", receiver });
    if (message?.type !== "drop.give" || message.receiver !== receiver) return;
    channel.postMessage({ type: "drop.taken", receiver });
    const { roots, files } = message;
    take(roots.length > 0 ? fromRoots(labelFor(roots.map(({ name }) => name)), roots) : fromPicker(files));
  };
  channel.postMessage({ type: "drop.ready", receiver });
}
