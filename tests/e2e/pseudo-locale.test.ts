/**
 * Every surface in every state, in a language that nobody speaks: what is not in its brackets is not translated. Its
 * texts are longer than English ones, and each state is also laid out from right to left and on a screen with half and a
 * quarter of the room, as at 200 % and 400 % zoom: nothing may have to be scrolled sideways.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Frame, Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deny } from "../browser/deny.ts";
import { startExtension } from "../browser/extension-browser.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { literalsOn, pseudo, speakPseudo } from "../browser/pseudo-locale.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { SURFACE_STATES, Theatre } from "./surface-states.ts";

let theatre: Theatre;
beforeAll(async () => {
  theatre = await Theatre.open(speakPseudo);
});
afterAll(() => theatre?.close());

const surfaces = ["workspace/workspace.html", "popup/popup.html", "options/options.html"];

/** Widths in CSS pixels: a tab on a common screen, and at 200 % and 400 % zoom; a popup, and a panel, also at their narrowest. */
function widthsOf(page: Page): number[] {
  const url = page.url();
  if (url.includes("/popup/")) return [400, 360];
  if (url.includes("/panel/")) return [480, 320];
  // A drag over somebody else's page would leave a narrower one.
  return url.startsWith("http") ? [1280, 640] : [1280, 640, 320];
}

/** What must be scrolled sideways in either direction of writing, in the page or in a frame of it. */
async function badlyLaidOut(page: Page, frame: Frame = page.mainFrame()): Promise<string[]> {
  const wrong: string[] = [];
  for (const dir of ["ltr", "rtl"]) {
    await frame.evaluate((wanted) => {
      document.documentElement.dir = wanted;
    }, dir);
    for (const width of widthsOf(page)) {
      await page.setViewport({ width, height: 700 });
      wrong.push(...(await tooWide(frame)).map((what) => `${dir}, ${width} px: ${what}`));
    }
  }
  await frame.evaluate(() => {
    document.documentElement.dir = "ltr";
  });
  await page.setViewport({ width: 1280, height: 900 });
  return wrong;
}

/** What makes the page wider than its window; what scrolls by itself does not. */
function tooWide(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const beyond = [...document.body.querySelectorAll("*")].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (left < -0.5 || right > clientWidth + 0.5);
    });
    return beyond.map((element) => `${element.tagName}#${element.id} is too wide`).concat("a scroll bar");
  });
}

it.each(Object.entries(SURFACE_STATES))("%s", async (_, visit) => {
  await visit(theatre, async (page, name, frame) => {
    await page.bringToFront();
    expect(await literalsOn(frame ?? page), name).toEqual([]);
    expect(await badlyLaidOut(page, frame), name).toEqual([]);
  });
});

it("speaks the language that nobody speaks", async () => {
  const page = await theatre.stage.browser.openPage("options/options.html");
  const button = await page.waitForSelector("#save-profile");
  expect(await button?.evaluate((element) => element.textContent)).toBe(pseudo("Save profile"));
  await page.close();
});

it("finds a literal, wherever it hides", async () => {
  const page = await theatre.stage.browser.openPage("options/options.html");
  await page.waitForNetworkIdle();
  expect(await literalsOn(page)).toEqual([]);
  await page.evaluate(() => {
    document.querySelector("h1")?.insertAdjacentHTML(
      "afterend",
      `<p id="a">Plain</p><p id="b" hidden>Hidden <code>code</code></p><p id="c" aria-label="Label" title="Title"></p>
       <input id="d" placeholder="Holder"><p id="e">[!!Begins!!] and ends</p><p><bdi>Name</bdi> <span class="path">a/b</span></p>`,
    );
    document.title = "Title";
  });
  expect(await literalsOn(page)).toEqual([
    "a: Plain",
    "b: Hidden",
    "CODE: code",
    "e: and ends",
    "title of the page: Title",
    "c aria-label: Label",
    "c title: Title",
    "d placeholder: Holder",
  ]);
  await page.close();
});

it("finds a literal that was written into the markup", async () => {
  const browser = await startExtension({
    headless: true,
    async change(extension) {
      await speakPseudo(extension);
      const path = join(extension, "popup/popup.html");
      const markup = await readFile(path, "utf8");
      await writeFile(path, markup.replace('data-text="popupOpenWorkspace">', ">Open workspace"));
    },
  });
  const page = await browser.openPage("popup/popup.html");
  await page.waitForSelector("body:not([data-state=loading])");
  expect(await literalsOn(page)).toEqual(["open-workspace: Open workspace"]);
  await browser.close();
});

it.each(["de", "en"])("real words fit as well: %s", async (language) => {
  const browser = await startExtension({
    headless: true,
    async change(extension) {
      const messages = await readFile(join(extension, "_locales", language, "messages.json"));
      await writeFile(join(extension, "_locales/en/messages.json"), messages);
    },
  });
  const options = await OptionsPage.open(browser);
  await deny(options.page);
  await options.saveProfile(profileFor(theatre.stage.store, "/projects/shot_010"));
  expect(await options.page.evaluate(() => document.documentElement.lang)).toBe(
    language === "en" ? "en-US" : language,
  );
  expect(await badlyLaidOut(options.page)).toEqual([]);
  for (const path of surfaces.slice(0, 2)) {
    const page = await browser.openPage(path);
    await page.waitForSelector("body[data-state=no-host-access]");
    expect(await badlyLaidOut(page)).toEqual([]);
  }
  await browser.close();
});

it("nothing moves where the person wants no motion", async () => {
  for (const path of [...surfaces, "panel/panel.html", "content/overlay.html"]) {
    const page = await theatre.stage.browser.openPage(path);
    await page.waitForNetworkIdle();
    const moving = () =>
      page.evaluate(
        () =>
          [...document.querySelectorAll("*")].filter((element) => {
            const { animationName, transitionDuration } = getComputedStyle(element);
            return animationName !== "none" || /[1-9]/.test(transitionDuration);
          }).length,
      );
    // Headless Firefox says at first that the person wishes it.
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "no-preference" }]);
    expect(await moving(), "without the wish something does").toBeGreaterThan(0);
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
    expect(await moving()).toBe(0);
    await page.close();
  }
});
