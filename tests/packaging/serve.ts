/** A web server for the results of bundlers. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Some folders, each below a path of the server. */
export interface Served {
  origin: string;
  close(): void;
}

/** Serves files of `folders`, given by their paths on the server (`/deadlinejs/`), and these pages. */
export async function serve(folders: Record<string, string>, pages: Record<string, string>): Promise<Served> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://x");
    const page = pages[pathname];
    if (page !== undefined) {
      response.writeHead(200, { "content-type": "text/html" }).end(page);
      return;
    }
    const [prefix, folder] = Object.entries(folders).find(([prefix]) => pathname.startsWith(prefix)) ?? [];
    const path = prefix && folder && join(folder, normalize(`/${pathname.slice(prefix.length)}`));
    const bytes = path ? await readFile(path).catch(() => undefined) : undefined;
    if (!path || !bytes) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/plain" }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    // Service workers need a secure context, which a loopback address is.
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A page that runs one script. */
export const pageOf = (script: string, attributes = 'type="module"'): string =>
  `<!doctype html><meta charset="utf-8"><title>x</title><script ${attributes} src="${script}"></script>`;
