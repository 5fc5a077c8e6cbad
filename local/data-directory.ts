import { closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder, openPrivately, writePrivately } from './private-files';
import { LocalRunError } from './template/failure';

const LOCK = 'run.lock';

/**
 * Takes a data directory for one process, making it when absent; what it holds is the user's alone and stays out of version control.
 *
 * @returns how to give it back
 * @throws LocalRunError when another live process has it, or it belongs to somebody else
 */
export function takeDataDirectory(directory: string): () => void {
  ownAlone(directory);
  const ignore = join(directory, '.gitignore');
  writePrivately(ignore, '*\n');
  const lock = join(directory, LOCK);
  for (;;) {
    try {
      const descriptor = openPrivately(lock, 'wx');
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(lock, 'utf8'));
    if (isAlive(owner)) {
      throw new LocalRunError(
        `${directory} is in use by process ${owner}; stop that run, or choose another folder with --data (or --memory)`,
      );
    }
    rmSync(lock, { force: true });
  }
}

function ownAlone(directory: string): void {
  try {
    makePrivateFolder(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    throw new LocalRunError(`${directory} cannot be closed to others, because it belongs to another user; choose a folder with --data`);
  }
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0 || processId === process.pid) return processId === process.pid;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
