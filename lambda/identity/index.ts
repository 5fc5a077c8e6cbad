/** Who calls, and the levels above: keys, their secrets, rows and tags. */
export { type Authenticator, bearsKey, type Caller, createAuthenticator, storeUnavailable, unusable } from './authenticate';
export { randomBase62 } from './base62';
export { levelsOf, type ModelPolicy, modelPolicy, tagsOf } from './bound-by';
export { credentialOf, notAuthenticated, type RequestHeaders } from './credential';
export type { KeyHash, KeyRecord, LevelRecord, ProjectRecord, Role, TeamRecord, UserRecord } from './entities';
export { type Peppers, parsePeppers } from './peppers';
export type { IdentityStore, LevelRecords, Secrets } from './ports';
export { createIdentityRows, type IdentityRows, type KeptRows } from './rows';
export { allowedTagsOf, countingTags, mayTag } from './tags';
export {
  equalInConstantTime,
  formatKey,
  generateKey,
  generateKeyId,
  hashSecret,
  isBootstrapForm,
  parseKey,
  ROOT_KEY_ID,
  verifyKey,
} from './virtual-key';
