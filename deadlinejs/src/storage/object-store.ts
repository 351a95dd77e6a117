/** A request to one bucket, not yet signed. Whoever makes it decides everything; a store only carries it. */
export interface StoreRequest {
  /** What to do; POST and DELETE are for uploads in parts. */
  readonly method: "HEAD" | "GET" | "PUT" | "POST" | "DELETE";
  /** Full key of the object, not encoded; empty for the bucket itself. */
  readonly key: string;
  /** Names and values, not encoded; a name alone has the value `""`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Lower-case names, and values. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * A slice of a file is read by the browser itself and never comes into our memory. Its type is not sent:
   * S3 would keep it with the object.
   */
  readonly body?: Blob | string | null;
  /** Which of the bucket's equivalent addresses to use, from 0; a store that has only one ignores it. */
  readonly host?: number;
  /** Milliseconds to add to this computer's time for the signature, where its clock is known to be wrong. */
  readonly clockOffset?: number;
}

/** What the server said, whatever it was. */
export interface StoreAnswer {
  /** HTTP status, 100 to 599. */
  readonly status: number;
  /** Lower-case names, and values; in a web page only those that the bucket's CORS rules expose. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body as text; empty for a HEAD. */
  readonly body: string;
}

/** What goes with one sending. */
export interface Sending {
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told how many bytes of the body have left so far. A store that cannot know tells nothing before the
   * answer is there.
   */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/**
 * Carries requests to one bucket and brings back the answers. It never repeats a request, follows no
 * redirect to another region, and takes no status for an error: that is decided by who asks.
 */
export interface ObjectStore {
  /**
   * Signs and sends one request and waits for the answer; `null` if none came, or if the request was given
   * up.
   *
   * @throws `SigningRefused` if it could not be signed
   */
  send(request: StoreRequest, sending?: Sending): Promise<StoreAnswer | null>;
  /**
   * Gets other credentials for the requests to come: the server says that those at hand have expired. A
   * store without this has somebody else sign, who knows when to get new ones.
   *
   * @throws `SigningRefused` if there are none to be had
   */
  renewCredentials?(): Promise<void>;
}
