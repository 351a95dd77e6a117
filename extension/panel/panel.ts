/**
 * The panel beside a page (Chrome: side panel, Firefox: sidebar): the workspace in one narrow column, so that it can stay
 * open beside a farm's monitor. The workspace's own script, which the page loads first, does everything but this.
 */
import { showWorkspace } from "../shared/browser.ts";
import { byId } from "../shared/dom.ts";
import { fillTexts } from "../shared/text.ts";

fillTexts();
byId("open-workspace", HTMLButtonElement).addEventListener("click", () => void showWorkspace());
