/** The world in which our content script runs inside of a web page. */
import type { CDPSession, Page } from "puppeteer-core";
import { PATIENCE_MS } from "../patience.ts";

/** Runs functions there. */
export class ContentScriptWorld {
  private constructor(
    private readonly session: CDPSession,
    private readonly contextId: number,
  ) {}

  /** Waits until a script of this extension runs in the page. */
  static async of(page: Page, extensionId: string): Promise<ContentScriptWorld> {
    const session = await page.createCDPSession();
    const contextId = new Promise<number>((resolve, reject) => {
      session.on("Runtime.executionContextCreated", ({ context }) => {
        if (context.origin === `chrome-extension://${extensionId}`) resolve(context.id);
      });
      AbortSignal.timeout(PATIENCE_MS).onabort = () =>
        reject(new Error("No script of ours runs in the page."));
    });
    await session.send("Runtime.enable");
    return new ContentScriptWorld(session, await contextId);
  }

  /** Runs a function there and waits for what it promises. What goes in and comes out is plain JSON. */
  async evaluate<Args extends unknown[], Result>(
    work: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    const { result, exceptionDetails } = await this.session.send("Runtime.callFunctionOn", {
      functionDeclaration: `${work}`,
      executionContextId: this.contextId,
      arguments: args.map((value) => ({ value })),
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
}
