import type { AccountReply, AccountRequest } from "deadlinejs/common";

/** A service that takes longer is as good as silent, in milliseconds. */
const ANSWER_LIMIT = 20_000;

/** Sends a request of an account as it is, and gives what came back; status 0 where nothing did. */
export async function sendAccountRequest(request: AccountRequest): Promise<AccountReply> {
  const { method, url, headers, body } = request;
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body !== "" && { body }),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(ANSWER_LIMIT),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  } catch {
    return { status: 0, headers: {}, body: "" };
  }
}
