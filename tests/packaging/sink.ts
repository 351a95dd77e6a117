/** A server that answers an upload as S3 does, verifies nothing and keeps nothing but what it must remember. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Runs until it is closed. */
export interface Sink {
  readonly endpoint: string;
  /** Bytes of bodies so far. */
  bytes(): number;
  close(): void;
}

const ETAG = '"00000000000000000000000000000000"';

/** Starts one. Nothing that is asked for is ever there, but what was sent has been stored. */
export async function startSink(): Promise<Sink> {
  let bytes = 0;
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://x");
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on("end", () => {
      const { method = "" } = request;
      // For pages of any origin.
      const headers = {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "*",
        "access-control-allow-headers": "*",
        "access-control-expose-headers": "ETag, Date",
        "access-control-max-age": "3600",
        date: new Date().toUTCString(),
      };
      const xml = (name: string, inner = "") => {
        response.writeHead(200, { ...headers, "content-type": "application/xml" });
        response.end(`<?xml version="1.0"?><${name}>${inner}</${name}>`);
      };
      if (method === "OPTIONS") response.writeHead(200, headers).end();
      else if (method === "HEAD") response.writeHead(404, headers).end();
      else if (method === "PUT") response.writeHead(200, { ...headers, etag: ETAG }).end();
      else if (method === "DELETE") response.writeHead(204, headers).end();
      else if (method === "GET") xml("ListMultipartUploadsResult", "<IsTruncated>false</IsTruncated>");
      else if (searchParams.has("uploads")) xml("InitiateMultipartUploadResult", "<UploadId>u</UploadId>");
      else xml("CompleteMultipartUploadResult", `<ETag>${ETAG}</ETag>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => bytes,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
