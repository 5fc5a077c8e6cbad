import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { AwsEndpoint } from '../aws/endpoint';
import type { Notes } from '../notes';
import { LocalRunError } from '../template/failure';
import { checkFunctions, type DisturbanceRules, parseDisturbanceRules } from './disturbance-rules';
import { createDisturber } from './disturber';

const LOOK_EVERY_MS = 500;

/** The file of `--disturb`: read before anything is started, at work once the run is ready, read again whenever it changes. */
export class DisturbanceFile {
  private stop: () => void = () => undefined;
  private functions: readonly string[] = [];

  private constructor(
    private readonly path: string,
    private readonly first: DisturbanceRules,
    private readonly notes: Notes,
  ) {}

  /** @throws LocalRunError when it cannot be read, or says what no rule can */
  public static read(path: string, notes: Notes): DisturbanceFile {
    return new DisturbanceFile(path, rulesOf(path), notes);
  }

  /**
   * Takes the functions of the run.
   *
   * @param logicalIds as the template names them
   * @throws LocalRunError when a rule is for none of them
   */
  public check(logicalIds: readonly string[]): void {
    checkFunctions(this.first, this.path, logicalIds);
    this.functions = logicalIds;
  }

  public begin(endpoint: AwsEndpoint): void {
    this.apply(endpoint, this.first);
    watchFile(this.path, { interval: LOOK_EVERY_MS, persistent: false }, () => {
      try {
        const rules = rulesOf(this.path);
        checkFunctions(rules, this.path, this.functions);
        this.apply(endpoint, rules);
      } catch (error) {
        this.notes.write(`${error instanceof Error ? error.message : String(error)}; the rules stay as they were`);
      }
    });
  }

  public close(): void {
    unwatchFile(this.path);
    this.stop();
  }

  private apply(endpoint: AwsEndpoint, rules: DisturbanceRules): void {
    this.stop();
    this.stop = endpoint.disturb(createDisturber(rules, () => performance.now()));
    this.notes.write(`--disturb: ${rules.rules.length} rules of ${this.path} are at work`);
  }
}

function rulesOf(path: string): DisturbanceRules {
  let json: string;
  try {
    json = readFileSync(path, 'utf8');
  } catch (error) {
    throw new LocalRunError(`--disturb ${path}: it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return parseDisturbanceRules(json, path);
}
