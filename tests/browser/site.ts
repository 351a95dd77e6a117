/** A web page of somebody else, on this machine. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves one page under every path. */
export class Site {
  private constructor(
    private readonly server: Server,
    /** `http://host:port`. */
    readonly origin: string,
  ) {}

  /** `html` is the page. */
  static async open(html: string, host = "localhost"): Promise<Site> {
    const server = createServer((_, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8").end(html);
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return new Site(server, `http://${host}:${(server.address() as AddressInfo).port}`);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
