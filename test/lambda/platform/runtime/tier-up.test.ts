import { spawnSync } from 'node:child_process';
import { compileAtFirstCall, createTierUp } from '../../../../lambda/platform/runtime';

describe('code of a busy process', () => {
  it('is compiled for good from the thousandth call on, and not before', () => {
    const set: string[] = [];
    const tierUp = createTierUp((flag) => set.push(flag), '13.6.233.17-node.50');
    for (let call = 1; call < 1_000; call += 1) tierUp();
    expect(set.splice(0)).toEqual(['--no-maglev-destroy-on-background']);
    for (let call = 1_000; call < 3_000; call += 1) tierUp();
    expect(set).toEqual(['--invocation-count-for-turbofan=500', '--minimum-invocations-after-ic-update=100']);
  });

  it('is compiled at its first call while an environment starts', () => {
    const set: string[] = [];
    const started = compileAtFirstCall((flag) => set.push(flag), '13.6.233.17-node.50');
    expect(set.splice(0)).toEqual(['--always-sparkplug']);
    started();
    expect(set).toEqual(['--no-always-sparkplug']);
  });

  it('is left to an engine that has no such tiers', () => {
    const set: string[] = [];
    const tierUp = createTierUp((flag) => set.push(flag), '11.3.244.8-node.35');
    compileAtFirstCall((flag) => set.push(flag), '11.3.244.8-node.35')();
    for (let call = 0; call < 3_000; call += 1) tierUp();
    expect(set).toEqual([]);
  });

  it('asks for nothing that this engine does not know', () => {
    const set: string[] = [];
    const tierUp = createTierUp((flag) => set.push(flag), process.versions.v8);
    compileAtFirstCall((flag) => set.push(flag), process.versions.v8)();
    for (let call = 0; call < 1_000; call += 1) tierUp();
    const run = spawnSync(process.execPath, [...set, '-e', ''], { encoding: 'utf8' });
    expect(run).toMatchObject({ status: 0, stderr: '' });
  });
});
