import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * What the local run writes is the user's alone: it holds keys, prompts and usage. Modes are set after the fact too, because the process's
 * umask takes bits away and an older run may have left more of them.
 */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Makes a folder, those above it included, or closes one that is there to others. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  chmodSync(path, FOLDER_MODE);
}

/**
 * Opens a file that only the user can read.
 *
 * @param flags as of `open`
 */
export function openPrivately(path: string, flags: string): number {
  const descriptor = openSync(path, flags, FILE_MODE);
  fchmodSync(descriptor, FILE_MODE);
  return descriptor;
}

/** Writes beside the file and renames, so that a crash leaves the old file or the new one. */
export function writePrivately(path: string, content: string | Buffer): void {
  const descriptor = openPrivately(`${path}.next`, 'w');
  try {
    writeFileSync(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${path}.next`, path);
}

/** Reads a file of ours, closing it to others where an older run left it open. */
export function readPrivately(path: string): string {
  const descriptor = openPrivately(path, 'r');
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
