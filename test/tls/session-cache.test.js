import { describe, expect, it } from 'vitest';
import { SessionCache } from '../../src/tls/session-cache.js';
const MASTER = Buffer.alloc(48, 1);
describe('SessionCache', () => {
    it('finds a master secret by a session ID and by a long ticket', () => {
        const sessions = new SessionCache();
        sessions.remember(Buffer.alloc(32, 2), MASTER);
        sessions.remember(Buffer.alloc(500, 3), MASTER);
        expect(sessions.find(Buffer.alloc(32, 2))).toBe(MASTER);
        expect(sessions.find(Buffer.alloc(500, 3))).toBe(MASTER);
        expect(sessions.find(Buffer.alloc(500, 4))).toBeUndefined();
    });
    it('knows nothing by an empty name', () => {
        const sessions = new SessionCache();
        sessions.remember(Buffer.alloc(0), MASTER);
        expect(sessions.find(Buffer.alloc(0))).toBeUndefined();
    });
    it('forgets the oldest session when there are very many', () => {
        const sessions = new SessionCache();
        const name = (index) => Buffer.from(`session ${index}`);
        for (let index = 0; index <= 20_000; index++)
            sessions.remember(name(index), MASTER);
        expect(sessions.find(name(0))).toBeUndefined();
        expect(sessions.find(name(1))).toBe(MASTER);
        expect(sessions.find(name(20_000))).toBe(MASTER);
    });
});
