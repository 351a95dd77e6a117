import { browser, showWorkspace } from "../shared/browser.ts";

/** Does what the manifest's keyboard commands say. Must be called while the background's script runs for the first time. */
export function answerCommands(): void {
  browser.commands.onCommand.addListener((command) => {
    if (command === "open-workspace") void showWorkspace();
  });
}
