import { beforeEach, expect, it, vi } from "vitest";
import type { UploadState } from "./messages.ts";
import { UploadControls } from "./upload-controls.ts";

const makeButton = () =>
  Object.assign(new EventTarget(), { disabled: false, textContent: "", classList: { toggle: vi.fn() } });
let tell: (state: UploadState) => void;
const uploads = {
  pause: vi.fn(),
  resume: vi.fn(),
  cancel: vi.fn(),
  onState: (listener: (state: UploadState) => void) => {
    tell = listener;
  },
};

let [pause, cancel] = [makeButton(), makeButton()];
let controls: UploadControls;
beforeEach(() => {
  [pause, cancel] = [makeButton(), makeButton()];
  const [pauseButton, cancelButton] = [pause, cancel] as unknown as HTMLButtonElement[];
  if (pauseButton && cancelButton) controls = new UploadControls(pauseButton, cancelButton, uploads);
});

const state = (phase: UploadState["phase"], uploadId = "a") => ({ uploadId, phase }) as UploadState;
const areEnabled = () => [!pause.disabled, !cancel.disabled];

it("stay pressed until the upload's end, which may come otherwise, and can be pressed when it is taken up again", () => {
  controls.show(state("uploading"));
  cancel.dispatchEvent(new Event("click"));
  expect(uploads.cancel).toHaveBeenCalledExactlyOnceWith("a");
  tell(state("uploading"));
  controls.show(state("uploading"));
  tell(state("failed", "b"));
  controls.show(state("uploading"));
  expect([...areEnabled(), cancel.textContent]).toEqual([false, false, "Cancelling…"]);
  tell(state("failed"));
  controls.show(state("hashing"));
  expect([...areEnabled(), cancel.textContent]).toEqual([true, true, "Cancel upload"]);
});
