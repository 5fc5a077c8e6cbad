import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePrivateFolder, writePrivately } from '../private-files';
import type { ObjectPlace } from './object-place';

/** S3's own, where nobody said one: what type an object has is not kept. */
const ANY_TYPE = 'binary/octet-stream';
/** No escaped name ends so, so a folder is never taken for an object. */
const FOLDER = '%2F';

/** Objects of a bucket as a folder of files that one can look at: what a key says between slashes is a folder's name or a file's. */
export function objectFolder(directory: string, bucket: string): ObjectPlace {
  const root = join(directory, bucket);
  makePrivateFolder(directory);
  makePrivateFolder(root);
  const known = new Set(keysUnder(root, ''));
  const fileOf = (key: string): string => {
    const parts = key.split('/').map(fileName);
    return join(root, ...parts.slice(0, -1).map((part) => `${part}${FOLDER}`), parts.at(-1) ?? '');
  };
  return {
    read: (key) => (known.has(key) ? { body: readFileSync(fileOf(key)), contentType: ANY_TYPE } : undefined),
    write(key, { body }) {
      const file = fileOf(key);
      if (!existsSync(dirname(file))) makePrivateFolder(dirname(file));
      writePrivately(file, body);
      known.add(key);
    },
    remove(key) {
      if (known.delete(key)) rmSync(fileOf(key), { force: true });
    },
    keys: () => [...known].sort(),
  };
}

/** Neither empty nor with a dot in front, so that no name means another folder, or a file that is half written. */
function fileName(part: string): string {
  return `_${encodeURIComponent(part).replace(/\.next$/, '%2Enext')}`;
}

function keysUnder(folder: string, above: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.endsWith('.next')) return [];
    const name = decodeURIComponent((entry.isDirectory() ? entry.name.slice(0, -FOLDER.length) : entry.name).slice(1));
    return entry.isDirectory() ? keysUnder(join(folder, entry.name), `${above}${name}/`) : [`${above}${name}`];
  });
}
