import { expect, it } from "vitest";
import { withoutLostNames } from "./lost-names.ts";

it("names what has lost bytes of its name, and passes on everything else", async () => {
  const file = new File(["x"], "a");
  const empty = { path: "shot/empty", code: "empty-folder", reason: "It is empty." } as const;
  const items = [
    { file, relativePath: "shot/caf\u00e9.txt" },
    { file, relativePath: "shot/caf\uFFFD.txt" },
    { file, relativePath: "sh\uFFFDt/a.txt" },
    empty,
  ];
  const passed: unknown[] = [];
  for await (const item of withoutLostNames(items)) passed.push(item);
  expect(passed).toEqual([
    items[0],
    { path: "shot/caf\uFFFD.txt", code: "name-not-unicode", reason: expect.stringContaining("Rename it") },
    { path: "sh\uFFFDt/a.txt", code: "name-not-unicode", reason: expect.stringContaining("Rename it") },
    empty,
  ]);
});
