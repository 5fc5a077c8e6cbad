import type { RouteDefinition, ThrottleSetting } from './api-definition';

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** Token buckets of the stage's method settings, one for each route that they name. */
export class Throttle {
  private readonly buckets = new Map<string, Bucket>();

  /** @param now monotonic milliseconds */
  public constructor(
    private readonly settings: readonly ThrottleSetting[],
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes a token. False: the request is throttled. */
  public take(route: RouteDefinition): boolean {
    const setting = this.settingOf(route);
    if (setting === undefined || setting.rate === Number.POSITIVE_INFINITY) return true;
    const key = `${route.method} ${route.resourcePath}`;
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: setting.burst, filledMs: now };
    bucket.tokens = Math.min(setting.burst, bucket.tokens + ((now - bucket.filledMs) / 1_000) * setting.rate);
    bucket.filledMs = now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** The most particular setting wins. */
  private settingOf(route: RouteDefinition): ThrottleSetting | undefined {
    const matching = this.settings.filter(
      (setting) =>
        (setting.resourcePath === '/*' || setting.resourcePath === route.resourcePath) &&
        (setting.method === '*' || setting.method === route.method),
    );
    return matching.sort((left, right) => particularity(right) - particularity(left))[0];
  }
}

function particularity(setting: ThrottleSetting): number {
  return (setting.resourcePath === '/*' ? 0 : 2) + (setting.method === '*' ? 0 : 1);
}
