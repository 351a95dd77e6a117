import { browser, openPanel, showWorkspace } from "../shared/browser.ts";
import { mayHavePageDrop, togglePageDrop } from "../shared/page-drop.ts";

/** Does what the manifest's keyboard commands say. Must be called while the background's script runs for the first time. */
export function answerCommands(): void {
  browser.commands.onCommand.addListener((command, tab) => {
    if (command === "open-workspace") void showWorkspace();
    if (command === "open-panel" && tab?.windowId !== undefined) void openPanel(tab.windowId);
    // On a page where no extension may work, or none can lay a frame, there is nobody to tell either.
    if (command === "toggle-page-drop" && tab?.id !== undefined && mayHavePageDrop(tab.url))
      void togglePageDrop(tab.id).catch(() => undefined);
  });
}
