/** An access key of the queue's role. Keep it in memory only. */
export interface CredentialsIdentity {
  /** Not secret. */
  readonly accessKeyId: string;
  /** Secret. */
  readonly secretAccessKey: string;
  /** Of temporary credentials, which is what AssumeQueueRoleForUser and Cognito give. */
  readonly sessionToken?: string;
  /** When they end; a provider is asked again shortly before. */
  readonly expiration?: Date;
}

/**
 * Who pays and who may: an access key, or a function that fetches one whenever it is needed. Providers of
 * the AWS SDK (`@aws-sdk/credential-providers`) fit.
 */
export type Credentials = CredentialsIdentity | (() => Promise<CredentialsIdentity>);
