import { expect, it, vi } from "vitest";
import { LoadedLater } from "./loaded-later.ts";

function toCome() {
  let [resolve, reject]: [(value: string) => void, (reason: Error) => void] = [() => {}, () => {}];
  const loading = new Promise<string>((...ends) => {
    [resolve, reject] = ends;
  });
  return { loading, resolve, reject };
}

it("is used at once where it is there", async () => {
  const rules = new LoadedLater(Promise.resolve("rules"));
  await Promise.resolve();
  const [act, failed] = [vi.fn(), vi.fn()];
  rules.use(act, failed);
  rules.use(act, failed);
  expect(act.mock.calls).toEqual([["rules"], ["rules"]]);
  expect(failed).not.toHaveBeenCalled();
});

it("is waited for, and then used once however often it was asked for", async () => {
  const { loading, resolve } = toCome();
  const rules = new LoadedLater(loading);
  const [act, failed] = [vi.fn(), vi.fn()];
  rules.use(act, failed);
  rules.use(act, failed);
  expect(act).not.toHaveBeenCalled();
  resolve("rules");
  await vi.waitFor(() => expect(act).toHaveBeenCalled());
  expect(act.mock.calls).toEqual([["rules"]]);
  expect(failed).not.toHaveBeenCalled();
});

it("is told of where it never comes, each time it is asked for", async () => {
  const { loading, reject } = toCome();
  const rules = new LoadedLater(loading);
  const [act, failed] = [vi.fn(), vi.fn()];
  rules.use(act, failed);
  reject(new Error("no such file"));
  await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(1));
  rules.use(act, failed);
  await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(2));
  expect(act).not.toHaveBeenCalled();
});
