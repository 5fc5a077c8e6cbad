import type { Reader } from '../reader';
import { adminReaders } from './admin';
import { answerReaders } from './answers';
import { billReaders } from './bills';
import { formReaders } from './forms';
import { framingReaders } from './framing';
import { guardedReaders } from './guarded';
import { jsonReaders } from './json';
import { localReaders } from './local';
import { referenceReaders } from './references';
import { requestReaders } from './requests';
import { serviceReaders } from './services';
import { textReaders } from './texts';

/** Every reader that is written by hand. CONTRIBUTING.md lists them. */
export const READERS: readonly Reader[] = [
  ...jsonReaders,
  ...formReaders,
  ...framingReaders,
  ...answerReaders,
  ...requestReaders,
  ...referenceReaders,
  ...textReaders,
  ...guardedReaders,
  ...serviceReaders,
  ...billReaders,
  ...adminReaders,
  ...localReaders,
];
