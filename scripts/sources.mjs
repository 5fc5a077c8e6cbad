/** Texts of the sources under some folders, by path from the root. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** @param kind what the names of files end in */
export function readSources(root, folders, kind = /(?<!\.d)\.ts$/) {
  return new Map(
    folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true })
        .filter((name) => kind.test(name))
        .map((name) => [`${folder}/${name.split(sep).join('/')}`, readFileSync(join(root, folder, name), 'utf8')]),
    ),
  );
}
