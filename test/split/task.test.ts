import { describe, expect, it } from 'vitest';
import { itemsOf, parseTask, taskOf } from '../../src/cli/options/task.js';

const SLURM = { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '5', SLURM_ARRAY_TASK_COUNT: '4' };

describe('--task', () => {
  it.each([
    ['0/4', {}, 0, 4],
    ['3/4', {}, 3, 4],
    ['env', SLURM, 2, 4],
    ['env', { ...SLURM, SLURM_ARRAY_TASK_ID: '11', SLURM_ARRAY_TASK_STEP: '3' }, 2, 4],
    ['env/4', SLURM, 2, 4],
    ['env/4', { JOB_COMPLETION_INDEX: '3' }, 3, 4],
    ['env/4', { AWS_BATCH_JOB_ARRAY_INDEX: '0' }, 0, 4],
    ['env/4', { PARALLEL_SEQ: '4' }, 3, 4],
  ])('%s with %j is task %i of %i', (value, env, index, count) => {
    expect(taskOf({ env }, parseTask(value))).toEqual({ index, count });
  });

  it.each([
    ['env', {}, /none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX, PARALLEL_SEQ is set/],
    ['env', { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '4' }, /SLURM_ARRAY_TASK_MIN is not/],
    ['env', { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_MIN: '1' }, /SLURM_ARRAY_TASK_COUNT is not/],
    ['env/6', SLURM, /SLURM_ARRAY_TASK_COUNT is 4/],
    ['env', { JOB_COMPLETION_INDEX: '1' }, /JOB_COMPLETION_INDEX does not say of how many tasks/],
    ['env/4', { PARALLEL_SEQ: '5' }, /PARALLEL_SEQ is 5, which is none of 4 tasks/],
    ['env/4', { PARALLEL_SEQ: 'x' }, /PARALLEL_SEQ is 'x', which is no number/],
    ['env/4', { PARALLEL_SEQ: '1', JOB_COMPLETION_INDEX: '1' }, /JOB_COMPLETION_INDEX and PARALLEL_SEQ are set/],
  ])('%s with %j is refused', (value, env, message) => {
    expect(() => taskOf({ env }, parseTask(value))).toThrow(message);
  });

  it.each(['4/4', '-1/4', '0', '1/0', 'env/0', 'env/', 'slurm', ''])('%j is no task', (value) => {
    expect(() => parseTask(value)).toThrow(RangeError);
  });

  it('gives each item to one task', () => {
    const items = [0, 1, 2, 3, 4, 5, 6];
    const parts = [0, 1, 2].map((index) => itemsOf({ index, count: 3 }, items));
    expect(parts).toEqual([
      [0, 3, 6],
      [1, 4],
      [2, 5],
    ]);
  });
});
