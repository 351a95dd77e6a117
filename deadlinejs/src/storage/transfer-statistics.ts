/** What an upload sent and what it did not need to send. */
export interface TransferStatistics {
  /** Files of the manifest. */
  readonly filesProcessed: number;
  /** Distinct contents that were sent. */
  readonly filesTransferred: number;
  /** Distinct contents that the store already held. */
  readonly filesSkipped: number;
  /** Bytes that were sent. */
  readonly bytesTransferred: bigint;
  /** Bytes that were not sent, because the store already held them. */
  readonly bytesSkipped: bigint;
}
