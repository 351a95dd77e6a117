import { CancelledError } from "rusty-attachments-wasm";
import { expect, test } from "vitest";
import { throwIfCancelled, unlessCancelled } from "./cancellation.ts";

test("work that hangs is left behind once the signal is aborted", async () => {
  const stopper = new AbortController();
  const waiting = unlessCancelled(new Promise(() => undefined), stopper.signal);
  stopper.abort(new Error("enough"));
  await expect(waiting).rejects.toMatchObject({ name: "CancelledError", cause: new Error("enough") });
});

test("work that ends first is what it is", async () => {
  const { signal } = new AbortController();
  expect(await unlessCancelled(Promise.resolve(1), signal)).toBe(1);
  const failed = Promise.reject(new Error("mine"));
  await expect(unlessCancelled(failed, signal)).rejects.toThrow("mine");
  expect(await unlessCancelled(Promise.resolve(1), undefined)).toBe(1);
});

test("a signal that was aborted before is seen at once, and its CancelledError is kept", async () => {
  const mine = new CancelledError("by me");
  const signal = AbortSignal.abort(mine);
  expect(() => throwIfCancelled(signal)).toThrow(mine);
  await expect(unlessCancelled(Promise.resolve(1), signal)).rejects.toBe(mine);
  expect(() => throwIfCancelled(new AbortController().signal)).not.toThrow();
});
