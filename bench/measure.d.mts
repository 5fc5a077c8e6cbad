export const retaken: Map<string, number>;
export function inTurns<Target>(
  targets: Readonly<Record<string, Target>>,
  sample: (target: Target, name: string) => Promise<number>,
  options: {
    readonly count: number;
    readonly figure?: (values: readonly number[]) => number;
    readonly isNear?: (samples: readonly number[]) => boolean;
  },
): Promise<Record<string, number>>;
