/**
 * The two parts of undici that the transport is made of, taken by their own paths: its front door loads fetch, caches, cookies and
 * WebSockets with them. See docs/decisions/0006.
 */
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';

  export default Client;
}

declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';

  export default buildConnector;
}
