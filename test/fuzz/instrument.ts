import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type NodePath, type PluginObj, transformAsync, types } from '@babel/core';
import { build, type Plugin, transform } from 'esbuild';
import type { Mutant } from '../support/mutants';

export const ROOT = join(__dirname, '../..');

/** Folders of the code under test. */
const OURS = ['lambda', 'local', 'bin', 'lib'].map((folder) => join(ROOT, folder) + sep);

/** Native methods that walk over what they are given. */
const WALKING = new Set(
  `indexOf lastIndexOf includes search test exec parse toString stringify join concat split replace replaceAll match matchAll toLowerCase
   toUpperCase trim fill compare equals copy splice sort`.split(/\s+/),
);

/**
 * The fuzzing worker as one script, with the code under test counting its steps.
 *
 * @param mutant a mistake in that code
 */
export async function bundleWorker(mutant?: Mutant): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'test/fuzz/worker.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    // As of the files in `test/support`, which read the fixtures beside them.
    define: { __dirname: JSON.stringify(join(ROOT, 'test/support')) },
    external: ['@aws-sdk/*', '@smithy/*', 'aws-cdk-lib', 'dynalite', 'dynalite/*'],
    plugins: [counting(mutant)],
  });
  return outputFiles[0]?.text ?? '';
}

function counting(mutant: Mutant | undefined): Plugin {
  return {
    name: 'counting',
    setup(builder) {
      builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!OURS.some((folder) => path.startsWith(folder))) return undefined;
        const source = readFileSync(path, 'utf8');
        const isMutated = mutant !== undefined && path === join(ROOT, mutant.file);
        return { contents: await countingSource(isMutated ? mutated(source, mutant) : source, relative(ROOT, path)), loader: 'js' };
      });
    },
  };
}

function mutated(source: string, { name, file, find, replace }: Mutant): string {
  if (source.split(find).length !== 2) throw new Error(`the mutant "${name}" no longer fits ${file}`);
  return source.replace(find, () => replace);
}

async function countingSource(source: string, file: string): Promise<string> {
  const plain = await transform(source, { loader: 'ts', target: 'es2023' });
  const counted = await transformAsync(plain.code, {
    filename: file,
    babelrc: false,
    configFile: false,
    compact: false,
    plugins: [countSteps],
  });
  return `const { step: __step, scan: __scan, spread: __spread, spreadFields: __spreadFields } = globalThis.stepCounter;\n${counted?.code ?? ''}`;
}

/** Makes each turn of a loop, each call of a function and what native methods walk over count. */
function countSteps(): PluginObj {
  const call = (name: string, ...args: types.Expression[]) => types.callExpression(types.identifier(name), args);
  const begin = (path: NodePath<types.Loop> | NodePath<types.Function>) => {
    path.ensureBlock();
    const body = path.get('body') as NodePath<types.BlockStatement>;
    body.unshiftContainer('body', types.expressionStatement(call('__step')));
  };
  return {
    visitor: {
      Loop: (path) => begin(path),
      Function: (path) => begin(path),
      CallExpression(path) {
        const { callee, arguments: args } = path.node;
        if (!types.isMemberExpression(callee) || callee.computed || types.isSuper(callee.object)) return;
        if (!types.isIdentifier(callee.property) || !WALKING.has(callee.property.name)) return;
        path.replaceWith(
          types.callExpression(types.identifier('__scan'), [callee.object, types.stringLiteral(callee.property.name), ...args]),
        );
      },
      SpreadElement(path) {
        const { argument } = path.node;
        if (types.isCallExpression(argument) && types.isIdentifier(argument.callee) && /^__spread/.test(argument.callee.name)) return;
        path.node.argument = call(path.parentPath.isObjectExpression() ? '__spreadFields' : '__spread', argument);
      },
    },
  };
}
