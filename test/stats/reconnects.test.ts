import { describe, expect, it } from 'vitest';
import { attemptKey, Reconnects } from '../../src/stats/reconnects.js';

const at = (seconds: number): { packet: number; seconds: number; nanoseconds: number; precision: 6 } => ({
  packet: 1,
  seconds,
  nanoseconds: 0,
  precision: 6,
});

describe('reconnects', () => {
  it('are by address and URL, without port and query', () => {
    expect(attemptKey('10.0.0.1:5', '10.0.0.2:80', 'ws://a/b?sid=1#x')).toBe('10.0.0.1 ws://a/b');
    expect(attemptKey('[::1]:5', '[::2]:80', undefined)).toBe('[::1] [::2]:80');
    expect(attemptKey(undefined, undefined, 'ws://a/')).toBeUndefined();
  });

  it('come after all earlier connections of the client are over', () => {
    const reconnects = new Reconnects();
    reconnects.open({ key: 'a', at: at(0) });
    reconnects.open({ key: 'a', at: at(1) });
    reconnects.over({ key: 'a', at: at(2) });
    reconnects.open({ key: 'a', at: at(3) });
    expect(reconnects.counts.count).toBe(0);
    reconnects.over({ key: 'a', at: at(4) });
    reconnects.over({ key: 'a', at: at(5) });
    reconnects.open({ key: 'a', at: at(7) });
    reconnects.over({ key: 'a', at: at(8) });
    reconnects.open({ key: 'a', at: at(11) });
    reconnects.open({ key: 'b', at: at(9) });
    reconnects.over({ key: 'c', at: at(9) });
    const { count, clients, after, unfollowed } = reconnects.counts;
    expect([count, clients, unfollowed]).toEqual([2, 1, 0]);
    expect(after.values).toEqual([2_000_000_000, 3_000_000_000]);
  });

  it('are followed for so many clients, and it says how many connections are beyond', () => {
    const reconnects = new Reconnects();
    for (let client = 0; client < 10_002; client++) reconnects.open({ key: String(client), at: at(0) });
    expect(reconnects.counts.unfollowed).toBe(2);
  });
});
