/**
 * A document of Firefox that the driver has no window for: the popup of the toolbar button, the sidebar, a frame of
 * another site, the event page.
 */
import { FirefoxContent } from "./firefox-content.ts";
import { clickIn, pressIn } from "./firefox-places.ts";

// What exists in Firefox's own window only.
declare const SidebarController: { hide(): void };

/** That document; its events are trusted. */
export class FirefoxEmbedded extends FirefoxContent {
  readonly keyboard = {
    press: (key: string): Promise<void> => this.firefox.about(this.place, pressIn, key),
    type: async (text: string): Promise<void> => {
      for (const key of text) await this.keyboard.press(key);
    },
    sendCharacter: async (text: string): Promise<void> => {
      await this.run(`document.execCommand("insertText", false, args[0])`, [text]);
    },
  };

  async clickAt(expression: string): Promise<void> {
    const { x, y } = await this.run<{ x: number; y: number }>(
      `((element) => {
        element.scrollIntoView({ block: "center" });
        const { x, y, width, height } = element.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      })(${expression})`,
    );
    await this.firefox.about(this.place, clickIn, x, y);
  }

  async type(selector: string, text: string): Promise<void> {
    await this.focus(selector);
    await this.keyboard.type(text);
  }

  /** Whether it is gone. */
  async isClosed(): Promise<boolean> {
    return this.run<boolean>("false").catch(() => true);
  }

  /** It always is: nothing can be in front of it. */
  async bringToFront(): Promise<void> {}

  async close(): Promise<void> {
    if ("view" in this.place && this.place.view === "sidebar") {
      await this.firefox.privileged(() => SidebarController.hide());
      return;
    }
    // It may be gone before it can answer.
    await this.run("setTimeout(() => window.close())").catch(() => undefined);
  }
}
