import { readFileSync } from "node:fs";

/** What the system still delivers of a body that was given up: the most that it buffers for a connection, in bytes. */
export const SEND_BUFFER = Number(readFileSync("/proc/sys/net/ipv4/tcp_wmem", "utf8").split(/\s+/)[2]);
