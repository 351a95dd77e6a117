import { describe, expect, it } from "vitest";
import { farmPath } from "./farm-path.ts";

describe("farmPath", () => {
  it.each([
    ["posix", "/projects", "/projects/shot_010/scene.blend"],
    ["posix", "/projects/", "/projects/shot_010/scene.blend"],
    ["posix", "/", "/shot_010/scene.blend"],
    ["windows", "P:\\projects", "P:\\projects\\shot_010\\scene.blend"],
    ["windows", "P:\\", "P:\\shot_010\\scene.blend"],
    ["windows", "\\\\server\\share", "\\\\server\\share\\shot_010\\scene.blend"],
  ] as const)("%s root %s", (assetRootFormat, assetRoot, expected) => {
    expect(farmPath({ assetRoot, assetRootFormat }, "shot_010/scene.blend")).toBe(expected);
  });
});
