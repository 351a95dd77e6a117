import { browser, openPanel, showWorkspace } from "../shared/browser.ts";

/** Does what the manifest's keyboard commands say. Must be called while the background's script runs for the first time. */
export function answerCommands(): void {
  browser.commands.onCommand.addListener((command, tab) => {
    if (command === "open-workspace") void showWorkspace();
    if (command === "open-panel" && tab?.windowId !== undefined) void openPanel(tab.windowId);
  });
}
