import type { GatewayContentLog } from '../gateway-content-log';
import { ENV } from './contract';

/** Where contents are, for the environment of a function. */
export function contentEnvironment(contentLog: GatewayContentLog | undefined): Record<string, string> {
  return contentLog === undefined ? {} : { [ENV.CONTENT_BUCKET]: contentLog.bucket.bucketName };
}
