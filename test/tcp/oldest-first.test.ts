import { expect, it } from 'vitest';
import { OldestFirst } from '../../src/tcp/oldest-first.js';

it('gives the entry that was set before all others, also after some of them are gone', () => {
  const map = new OldestFirst<string, number>();
  map.set('a', 1);
  map.set('b', 2);
  map.set('c', 3);
  expect(map.delete('a')).toBe(true);
  expect(map.oldest).toMatchObject({ key: 'b', value: 2 });
  map.set('b', 4);
  expect(map.oldest).toMatchObject({ key: 'c', value: 3 });
  expect(map.delete('c')).toBe(true);
  expect(map.delete('c')).toBe(false);
  expect(map.oldest).toMatchObject({ key: 'b', value: 4 });
  expect([map.size, map.has('b'), map.has('a')]).toEqual([1, true, false]);
  map.delete('b');
  expect(map.oldest).toBeUndefined();
  expect([...map.keys()]).toEqual([]);
});
