/**
 * The page drop zone's half in the web page: while files are dragged over the page it lays a frame of the extension over
 * all of it, and takes it away again. It sees no file: the drop happens in the frame. It knows nothing of profiles, buckets
 * or credentials, and imports nothing: it runs beside a stranger's code.
 */

/** What this world of the page keeps, so that a second injection finds the first. */
declare global {
  var dropZone: { show(): void; stop(): void } | undefined;
}

/** The frame's page, below the extension's root. */
const FRAME_PATH = "content/overlay.html";
/** Whatever the page's styles say: all over the window, above everything. */
const STYLE =
  "all: initial !important; position: fixed !important; inset: 0 !important; z-index: 2147483647 !important;" +
  "inline-size: 100vw !important; block-size: 100vh !important; border: 0 !important; padding: 0 !important;" +
  "margin: 0 !important; background: none !important; display: block !important;";

/** How long the frame may take to show something, in milliseconds: nobody shall sit before a sheet that cannot be seen. */
const PATIENCE = 2000;

/** Takes the overlay away, if it is there. */
let hide: (() => void) | undefined;
/** What was dropped is being handed over, which ends with the frame. */
let isBusy = false;

function show(): void {
  if (hide !== undefined) return;
  const host = document.createElement("div");
  host.style.cssText = STYLE;
  const frame = document.createElement("iframe");
  frame.src = chrome.runtime.getURL(FRAME_PATH);
  frame.style.cssText = STYLE;
  const { port1: ours, port2: theirs } = new MessageChannel();
  const givingUp = setTimeout(() => hide?.(), PATIENCE);
  hide = () => {
    hide = undefined;
    isBusy = false;
    clearTimeout(givingUp);
    ours.close();
    host.remove();
  };
  // The frame says only that it can be seen, whether it is busy, and that it is done: with a drop, or because the drag has left.
  ours.onmessage = ({ data }) => {
    if (data === "seen") clearTimeout(givingUp);
    else if (data === "busy" || data === "idle") isBusy = data === "busy";
    else hide?.();
  };
  // After an update of the extension this script is an orphan: nobody answers it.
  const vouch = (): Promise<void> => vouchFor(frame, theirs).catch(() => hide?.());
  frame.addEventListener("load", () => void vouch(), { once: true });
  // Closed: the page's scripts find the element, but neither the frame nor its window.
  host.attachShadow({ mode: "closed" }).append(frame);
  document.documentElement.append(host);
  // Above what the page itself has laid over everything.
  host.popover = "manual";
  host.showPopover();
}

/** Tells the frame, by way of the background, that it was this script that opened it: a page can open one too. */
async function vouchFor(frame: HTMLIFrameElement, port: MessagePort): Promise<void> {
  const token = crypto.randomUUID();
  await chrome.runtime.sendMessage({ type: "overlay.expect", token });
  frame.contentWindow?.postMessage({ token }, chrome.runtime.getURL("").slice(0, -1), [port]);
}

function onDragEnter(event: DragEvent): void {
  if (event.isTrusted && event.dataTransfer?.types.includes("Files")) show();
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.isTrusted && event.key === "Escape" && !isBusy) hide?.();
}

function start(): void {
  window.addEventListener("dragenter", onDragEnter, true);
  window.addEventListener("keydown", onKeyDown, true);
  globalThis.dropZone = {
    show,
    stop() {
      window.removeEventListener("dragenter", onDragEnter, true);
      window.removeEventListener("keydown", onKeyDown, true);
      globalThis.dropZone = undefined;
      // The frame goes by itself once it has handed over.
      if (!isBusy) hide?.();
    },
  };
}

if (globalThis.dropZone === undefined) start();

export {};
