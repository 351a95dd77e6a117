/**
 * Every surface in every state that it can be in: what axe-core finds wrong for keyboard and screen reader is a defect, and
 * so is a state without pictures in the documentation.
 */
import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wrongIn } from "../browser/axe.ts";
import { SURFACE_STATES, Theatre } from "./surface-states.ts";

const PICTURES = resolve(import.meta.dirname, "../../docs/screenshots");

let theatre: Theatre;
beforeAll(async () => {
  theatre = await Theatre.open();
});
afterAll(() => theatre?.close());

it.each(Object.entries(SURFACE_STATES))("%s", async (_, visit) => {
  await visit(theatre, async (page, name, frame) => {
    await page.bringToFront();
    expect(await wrongIn(page, frame), name).toEqual([]);
    for (const scheme of ["light", "dark"]) await access(join(PICTURES, `${name}-${scheme}.webp`));
  });
});
