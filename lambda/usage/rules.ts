import type { Rule } from 'aws-lambda-stream/types';
import { type ArchivePipeline, archive } from './archive-pipeline';
import type { GovernancePipeline } from './governance-pipeline';
import { governance } from './governance-pipeline';
import type { RebuildPipeline } from './rebuild-pipeline';
import { rebuild } from './rebuild-pipeline';
import type { RollupPipeline } from './rollup-pipeline';
import { rollup } from './rollup-pipeline';
import { type UnpricedPipeline, unpriced } from './unpriced-pipeline';

/** What the pipelines work with. */
export interface PipelineParts extends RollupPipeline, GovernancePipeline, RebuildPipeline, ArchivePipeline, UnpricedPipeline {}

/** What happens to the records of the tables' streams. */
export function rules(parts: PipelineParts): readonly Rule[] {
  return [
    { id: 'rollup', eventType: ['request-created', 'request-updated', 'refused-created', 'refused-updated'], flavor: rollup(parts) },
    { id: 'archive', eventType: ['request-created', 'request-updated'], flavor: archive(parts) },
    { id: 'unpriced', eventType: ['request-created', 'request-updated'], flavor: unpriced(parts) },
    { id: 'governance', eventType: ['audit-created', 'alert-created'], flavor: governance(parts) },
    { id: 'rebuild', eventType: ['rebuild-created'], flavor: rebuild(parts) },
  ];
}
