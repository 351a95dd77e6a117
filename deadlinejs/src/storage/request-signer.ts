import type { Problem, SignedRequest } from "../common/index.ts";
import type { StoreRequest } from "./object-store.ts";

/** What of a request is signed: everything but the body, which its checksum header covers. */
export type RequestToSign = Omit<StoreRequest, "body">;

/** Signs requests at the moment they leave, so that the secrets can be kept in another place. */
export interface RequestSigner {
  /**
   * Gives the address and all headers but `Host`.
   *
   * @throws {@link SigningRefused} when there is something that the person has to know.
   */
  sign(request: RequestToSign): Promise<SignedRequest>;
}

/** A request was not signed, for this reason. */
export class SigningRefused extends Error {
  /** For programs that got it from another realm. */
  override readonly name = "SigningRefused";

  /**
   * Makes the refusal.
   *
   * @param problem what happened and what to do next
   */
  constructor(
    /** What happened and what to do next. */
    readonly problem: Problem,
  ) {
    super(problem.what);
  }
}
