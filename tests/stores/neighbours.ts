/** Servers beside the store: one that never answers, an address where nobody listens, and one for a page. */
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer, type Server } from "node:net";
import type { Around } from "./benches.ts";

/** What to serve, by path. */
export type Pages = Record<string, { type: string; body: string | Uint8Array }>;

/** Runs until it is closed. */
export class Neighbours implements AsyncDisposable {
  private constructor(
    readonly around: Around,
    /** Origin of the pages. */
    readonly origin: string,
    private readonly close: () => void,
  ) {}

  static async start(pages: Pages): Promise<Neighbours> {
    // Takes connections and says nothing, so that also the leave of CORS is never given.
    const silent = createSocketServer((socket) => void socket.on("error", () => undefined).resume());
    const server = createServer((request, response) => {
      const page = pages[new URL(request.url ?? "/", "http://x").pathname];
      if (page) response.writeHead(200, { "content-type": page.type }).end(page.body);
      else response.writeHead(404).end();
    });
    const closed = createSocketServer();
    const [silentAt, origin, nowhere] = await Promise.all([silent, server, closed].map(listen));
    closed.close();
    const sockets = new Set<{ destroy(): void }>();
    silent.on("connection", (socket) => sockets.add(socket));
    return new Neighbours({ silent: silentAt ?? "", nowhere: nowhere ?? "" }, origin ?? "", () => {
      silent.close();
      for (const socket of sockets) socket.destroy();
      server.close();
      server.closeAllConnections();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
