import { WsdissectError } from '../../common/error.js';
import type { Io } from '../terminal/io.js';

/** Which part of the work is to be done, as `--task` says it. */
export interface TaskChoice {
  /** Its number, from 0; the environment says it where this is not given. */
  readonly index?: number;
  /** How many parts there are, where that is given. */
  readonly count?: number;
}

/** A part of the work. */
export interface Task {
  readonly index: number;
  readonly count: number;
}

/** All of the work. */
const WHOLE_WORK: Task = { index: 0, count: 1 };

const NUMBERS = /^(\d{1,9})\/(\d{1,9})$/;
const ENVIRONMENT = /^env(?:\/(\d{1,9}))?$/;
const DIGITS = /^\d{1,15}$/;

/** `0/4`, `env` or `env/4`. @throws RangeError for anything else */
export function parseTask(value: string): TaskChoice {
  const env = ENVIRONMENT.exec(value);
  if (env !== null && env[1] !== '0') return env[1] === undefined ? {} : { count: Number(env[1]) };
  const [, index = '', count = ''] = NUMBERS.exec(value) ?? [];
  if (count !== '' && Number(index) < Number(count)) return { index: Number(index), count: Number(count) };
  throw new RangeError('It must be i/n with i from 0 to n - 1, such as 0/4, or env, or env/n.');
}

/** How an engine tells its tasks which one they are. */
interface Engine {
  readonly name: string;
  /** The number that it begins with, or the variable that says it. */
  readonly first: number | string;
  /** The variable that says how many there are. */
  readonly count?: string;
  /** The variable that says by how much numbers grow, where that is not 1. */
  readonly step?: string;
}

const ENGINES: readonly Engine[] = [
  {
    name: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    count: 'SLURM_ARRAY_TASK_COUNT',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  { name: 'JOB_COMPLETION_INDEX', first: 0 },
  { name: 'AWS_BATCH_JOB_ARRAY_INDEX', first: 0 },
  { name: 'PARALLEL_SEQ', first: 1 },
];

/**
 * Which part of the work this process is to do.
 *
 * @throws WsdissectError `bad-option` where the environment does not say it
 */
export function taskOf({ env }: Pick<Io, 'env'>, choice: TaskChoice | undefined): Task {
  if (choice === undefined) return WHOLE_WORK;
  if (choice.index !== undefined) return { index: choice.index, count: choice.count! };
  const set = ENGINES.filter(({ name }) => env[name] !== undefined && env[name] !== '');
  const [engine] = set;
  const names = ENGINES.map(({ name }) => name).join(', ');
  if (engine === undefined) throw bad(`--task env: none of ${names} is set; name the task as i/n`);
  if (set.length > 1) {
    throw bad(`--task env: ${set.map(({ name }) => name).join(' and ')} are set; name the task as i/n`);
  }
  const first = typeof engine.first === 'number' ? engine.first : numberIn(env, engine.first, engine.name);
  const step =
    engine.step !== undefined && env[engine.step] !== undefined ? numberIn(env, engine.step, engine.name) : 1;
  const count = choice.count ?? countOf(env, engine);
  // An array of the failed tasks alone would be taken for all of the work.
  const told = engine.count === undefined ? count : numberIn(env, engine.count, engine.name);
  if (told !== count) throw bad(`--task env/${count}: ${engine.count} is ${told}; name the task as i/n`);
  const index = (numberIn(env, engine.name, engine.name) - first) / Math.max(step, 1);
  if (Number.isInteger(index) && index >= 0 && index < count) return { index, count };
  throw bad(
    `--task env: ${engine.name} is ${env[engine.name]}, which is none of ${count} tasks that begin with ${first}`,
  );
}

function countOf(env: Io['env'], { name, count }: Engine): number {
  if (count === undefined)
    throw bad(`--task env: ${name} does not say of how many tasks it is one; add that, as in env/4`);
  return numberIn(env, count, name);
}

function numberIn(env: Io['env'], name: string, engine: string): number {
  const value = env[name];
  if (value === undefined || value === '')
    throw bad(`--task env: ${engine} is set, but ${name} is not; name the task as i/n`);
  if (!DIGITS.test(value)) throw bad(`--task env: ${name} is '${value}', which is no number`);
  return Number(value);
}

function bad(message: string): WsdissectError {
  return new WsdissectError('bad-option', message);
}

/** The items of a list that are of a task: every n-th one. */
export function itemsOf<Item>({ index, count }: Task, items: readonly Item[]): Item[] {
  return items.filter((_, place) => place % count === index);
}
