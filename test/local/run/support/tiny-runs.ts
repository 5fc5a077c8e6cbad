import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalRun, type LocalRunOptions, startLocalRun } from '../../../../local/run';
import { FIXTURES } from './pool';
import { buildWorkerFile } from './worker-file';

/** Local runs of the tiny app, for the tests of a file. */
export interface TinyRuns {
  /** A folder of the test's own, empty at first. */
  readonly folder: string;
  /** What the test's runs told their user. */
  readonly notes: string[];
  readonly workerFile: string;
  start(options?: LocalRunOptions): Promise<LocalRun>;
  /** Ends them all; so does the end of the test. */
  close(): Promise<void>;
}

export function tinyRuns(): TinyRuns {
  let workerFile = '';
  let folder = '';
  let notes: string[] = [];
  const running: LocalRun[] = [];

  async function close(): Promise<void> {
    await Promise.all(running.splice(0).map((run) => run.close()));
  }

  beforeAll(async () => {
    workerFile = await buildWorkerFile();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tiny-run-'));
    notes = [];
  });

  afterEach(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    get folder() {
      return folder;
    },
    get notes() {
      return notes;
    },
    get workerFile() {
      return workerFile;
    },
    close,
    async start(options = {}) {
      const run = await startLocalRun({
        workingDirectory: FIXTURES,
        app: `"${process.execPath}" tiny-app.cjs`,
        port: 0,
        environment: {},
        workerFile,
        onNote: (line) => notes.push(line),
        ...options,
      });
      running.push(run);
      return run;
    },
  };
}
